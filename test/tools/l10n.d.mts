export declare const bundlePath: string;
export declare function uiMessages(): string[];
