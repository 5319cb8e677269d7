export type NativePlatform = 'linux-x64' | 'linux-arm64' | 'darwin-x64' | 'darwin-arm64';

/** This computer's; of another kind where there is no such addon. */
export declare const here: NativePlatform;
export declare const platforms: readonly NativePlatform[];
export declare function compiledFile(platform: NativePlatform): string;
/** The file that holds the hash of what the compiled file came from. */
export declare function hashFile(platform: NativePlatform): string;
export declare function ownHash(platform: string): string;
/** In hex, of the sources as they are now. */
export declare function sourceHash(platform: NativePlatform): string;
/** The compiler for a platform that this computer has, if any. */
export declare function compilerFor(platform: NativePlatform): string | undefined;
/** Compiles for a platform into a file. */
export declare function compile(platform: NativePlatform, out: string, moreFlags?: readonly string[]): Promise<void>;
