/** The folder of the registry's Node for a platform, by default linux-x64: bin/node and include/node are below it. */
export declare function ensureNodePackage(platform?: 'linux-x64' | 'linux-arm64'): Promise<string>;
