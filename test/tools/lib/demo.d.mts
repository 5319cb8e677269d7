export interface Demo {
  folder: string;
  host: string;
  /** Where a TCP server sends back what it gets. */
  tcpPort: number;
  udpPort: number;
  stop(): Promise<void>;
}

/** Starts the echo servers and writes texts to send into the folder, which is emptied first. */
export declare function startDemo(folder?: string): Promise<Demo>;
