import type { Disposable } from 'vscode';
import type { NetworkProcess } from '../../core';
import { openParts } from './loadParts';
import type { OpenFlow } from './openFlow';

/** The commands that open something. How is read with the first of them. */
export class OpenCommands implements Disposable {
  private flow: OpenFlow | null = null;
  private readonly given: ConstructorParameters<typeof OpenFlow>;

  constructor(...given: ConstructorParameters<typeof OpenFlow>) {
    this.given = given;
  }

  /** Undefined: cancelled or failed, and the user knows. */
  openConnection(): Promise<NetworkProcess | undefined> {
    return this.begun().openConnection();
  }

  /** Undefined: cancelled or failed, and the user knows. */
  startServer(): Promise<NetworkProcess | undefined> {
    return this.begun().startServer();
  }

  dispose(): void {
    this.flow?.dispose();
  }

  private begun(): OpenFlow {
    return (this.flow ??= new (openParts().OpenFlow)(...this.given));
  }
}
