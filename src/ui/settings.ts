import * as vscode from 'vscode';
import type { Options, SecurityLevel } from '../core';
import type { TerminalOptions } from './terminal/terminalOptions';
import { settings as keys, settingsSection } from './ids';

/** What is put behind a text that is sent. */
export type LineEnding = 'lf' | 'crlf' | 'cr' | 'none';

export const lineEndings: Readonly<Record<LineEnding, string>> = { lf: '\n', crlf: '\r\n', cr: '\r', none: '' };

const mebibyte = 1024 * 1024;

/** The user's settings, kept applied to the core's options. The manifest states defaults and limits. */
export class Settings implements vscode.Disposable {
  private readonly subscription: vscode.Disposable;

  constructor(private readonly options: Options) {
    this.apply();
    this.options.networkSecurityLevel = this.securityLevel;
    this.subscription = vscode.workspace.onDidChangeConfiguration((e) => {
      if (e.affectsConfiguration(settingsSection)) this.apply();
      // Another extension may have raised it: it stays so until the user changes it.
      if (e.affectsConfiguration(`${settingsSection}.${keys.securityLevel}`)) {
        this.options.networkSecurityLevel = this.securityLevel;
      }
    });
  }

  /** What Send puts behind a text on a stream when nothing else was chosen for the process. */
  get lineEnding(): LineEnding {
    const value = this.read<string>(keys.lineEnding);
    return isLineEnding(value) ? value : 'lf';
  }

  get terminal(): Pick<TerminalOptions, 'input' | 'localEcho' | 'whenBehind'> {
    return {
      input: this.read(keys.terminalInput) === 'character' ? 'character' : 'line',
      localEcho: this.read(keys.terminalLocalEcho) !== false,
      whenBehind: this.read(keys.terminalWhenBehind) === 'skip' ? 'skip' : 'slow',
    };
  }

  /** Whether killing a process asks first when its query flag is set. */
  get confirmKill(): boolean {
    return this.read(keys.confirmKill) !== false;
  }

  /** What is none is the default: never less is judged than was meant. */
  private get securityLevel(): SecurityLevel {
    const value = this.read(keys.securityLevel);
    return value === 'low' || value === 'high' || value === 'paranoid' ? value : 'medium';
  }

  dispose(): void {
    this.subscription.dispose();
  }

  private apply(): void {
    this.options.connectTimeoutMs = this.number(keys.connectTimeout, 1, 86_400) * 1000;
    this.options.handshakeTimeoutMs = this.number(keys.handshakeTimeout, 1, 86_400) * 1000;
    this.options.negotiationTimeoutMs = this.number(keys.negotiationTimeout, 1, 86_400) * 1000;
    this.options.negotiationBytes = Math.trunc(this.number(keys.negotiationLimit, 1, 65_536) * 1024);
    this.options.maxClients = this.number(keys.maxClients, 1, 60_000);
    this.options.sendQueueBytes = this.number(keys.queueLimit, 1, 1024) * mebibyte;
    this.options.bufferTextBytes = this.number(keys.textLimit, 1, 1024) * mebibyte;
    this.options.captureBytes = Math.trunc(this.number(keys.captureLimit, 0, mebibyte) * mebibyte);
    this.options.trustLocalNetwork = this.read(keys.trustLocalNetwork) === true;
    const trusted = files(this.read(keys.trustFiles));
    // Where no file is named: the authorities of this computer.
    this.options.trustFiles = trusted.length > 0 ? trusted : null;
    this.options.crlFiles = files(this.read(keys.crlFiles));
    this.options.useClientCertificates = this.read(keys.useClientCertificates) === true;
    this.options.clientCertificateFor = (host, service) =>
      clientCertificate(this.read(keys.clientCertificates), host, service);
    this.options.captureTotalBytes = Math.trunc(this.number(keys.captureTotalLimit, 1, mebibyte) * mebibyte);
  }

  /** The manifest's limits only draw a line below a bad value; a settings file can still hold it. */
  private number(key: string, least: number, most: number): number {
    const value = Number(this.read(key));
    return Number.isFinite(value) ? Math.min(most, Math.max(least, value)) : least;
  }

  private read<T>(key: string): T | undefined {
    return vscode.workspace.getConfiguration(settingsSection).get<T>(key);
  }
}

function isLineEnding(value: unknown): value is LineEnding {
  return typeof value === 'string' && Object.hasOwn(lineEndings, value);
}

function files(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((file): file is string => typeof file === 'string') : [];
}

/** The key and certificate files for `host:port`, else for the host. */
function clientCertificate(value: unknown, host: string, service: string): [string, string] | null {
  const pairs = new Map<string, unknown>(Object.entries(typeof value === 'object' && value !== null ? value : {}));
  const { key, certificate } = (pairs.get(`${host}:${service}`) ?? pairs.get(host) ?? {}) as Record<string, unknown>;
  return typeof key === 'string' && typeof certificate === 'string' ? [key, certificate] : null;
}
