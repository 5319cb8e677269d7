/** Performs the steps of a scenario, at the top and in callbacks. */
import { rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type BufferDesignator,
  type Filter,
  type LogFunction,
  type NetworkProcess,
  type ProcessDesignator,
  type Plist,
  type Sentinel,
  type Text,
  type TextBuffer,
  isNetworkProcessError,
} from '../../../src/core';
import { Arguments, type Callbacks, type Context, existing } from './arguments';
import { type Json, type JsonObject, DriverProblem, NotYet, brief, isObject } from './json';
import { list, member, number, object, string } from './json';
import { Signal, isNil, isProcess } from './lisp';
import { observe } from './observe';
import { Peer } from './peers';
import { waitFor } from './wait';
import type { Owner, World } from './world';

/** What a step has to report, without its number; null for nothing. */
type Result = JsonObject | null;
type Maybe<T> = T | Promise<T>;

/** As awaiting each in turn, but synchronously as far as nothing has to be awaited. */
function inOrder<T>(items: readonly T[], perform: (item: T, index: number) => Maybe<void>, from = 0): Maybe<void> {
  for (let i = from; i < items.length; i++) {
    const pending = perform(items[i] as T, i);
    if (pending) return pending.then(() => inOrder(items, perform, i + 1));
  }
}

export class Steps implements Callbacks {
  /** Records of the scenario's own steps. */
  readonly records: JsonObject[] = [];
  private readonly args: Arguments;

  /** @param onProblem told of problems inside callbacks, which the core would swallow. */
  constructor(
    private readonly world: World,
    private readonly onProblem: (problem: unknown) => void,
  ) {
    this.args = new Arguments(world);
  }

  run(steps: readonly Json[], context: Context | null = null): Maybe<void> {
    return inOrder(steps, (step, index) => {
      if (!isObject(step)) throw new DriverProblem(`not a step: ${brief(step)}`);
      return this.step(step, index, context);
    });
  }

  private step(step: JsonObject, index: number, context: Context | null): Maybe<void> {
    const quiet = member(step, 'quiet') !== null;
    const done = (result: Result) => {
      if (result && !quiet) this.record(step, index, result, context);
    };
    const failed = (e: unknown) => {
      if (quiet && e instanceof DriverProblem && !(e instanceof NotYet)) return;
      const error = this.describe(e);
      if (quiet) return;
      // Inside a callback an error goes up, as in Lisp, unless it is to be caught.
      if (context && member(step, 'catch') === null) throw e;
      this.record(step, index, member(step, 'kindOnly') === null ? error : { error: error.error ?? null }, context);
    };
    try {
      const result = this.perform(step, context);
      if (result instanceof Promise) return result.then(done, failed);
      done(result);
    } catch (e) {
      failed(e);
    }
  }

  private record(step: JsonObject, index: number, result: JsonObject, context: Context | null): void {
    const label = member(step, 'label');
    const record = { op: string(step, 'op'), ...(label === null ? {} : { label }), ...result };
    if (context) this.world.log(context.id, { did: record });
    else this.records.push({ step: index, ...record });
  }

  /** An error of the core, or one that a scenario signals; everything else is a problem and thrown on. */
  private describe(e: unknown): JsonObject {
    if (e instanceof Signal || isNetworkProcessError(e)) {
      return this.world.printer.error(e.condition, e.data, e.message);
    }
    throw e;
  }

  private perform(step: JsonObject, context: Context | null): Maybe<Result> {
    const { world, args } = this;
    const { core } = world;
    const op = string(step, 'op');
    const proc = () => args.designator(step.proc, context) as ProcessDesignator;
    const wanted = <T>(value: T, show: (v: T) => Json = (v) => world.printer.value(v)): Result =>
      member(step, 'returns') === null ? null : { returned: show(value) };
    const nothing = () => null;
    switch (op) {
      case 'make':
        return this.make(step, context).then((p) => wanted(p));
      case 'call':
        return this.call(step, context).then((value) => ({ returned: world.printer.returned(value) }));
      case 'open':
        return this.open(step, context);
      case 'send':
        return core.processSendString(proc(), args.text(step.text, context) as Text).then(nothing);
      case 'sendRegion': {
        const region = this.buffer(string(step, 'buffer'));
        return core.processSendRegion(proc(), region, number(step, 'from'), number(step, 'to')).then(nothing);
      }
      case 'sendEof':
        return core.processSendEof(proc()).then(nothing);
      case 'stop':
        core.stopProcess(proc());
        return null;
      case 'continue':
        core.continueProcess(proc());
        return null;
      case 'delete':
        core.deleteProcess(proc());
        return null;
      case 'option': {
        const option = world.keywords.toCamel(string(step, 'option').replace(/^:/, ''));
        const value = args.value(step.value, context);
        const process = proc() as NetworkProcess;
        return wanted(core.setNetworkProcessOption(process, option, value, member(step, 'noError')));
      }
      case 'set':
        return this.set(step, proc() as NetworkProcess, wanted, context);
      case 'put':
        core.processPut(proc() as NetworkProcess, string(step, 'key'), args.value(step.value, context));
        return null;
      case 'buffer':
        this.changeBuffer(step, string(step, 'name'));
        return null;
      case 'mkfile':
        writeFileSync(world.path(string(step, 'path')), '');
        return null;
      case 'rm':
        rmSync(world.path(string(step, 'path')), { force: true });
        return null;
      case 'peer':
        return this.startPeer(step).then(nothing);
      case 'wait':
        return waitFor(world, args, object(step, 'for'), Number(member(step, 'timeoutMs') ?? 8000), context);
      case 'sleep':
        return sleep(number(step, 'ms')).then(() => (world.scan(), null));
      case 'mark':
        world.log(this.markedId(string(step, 'proc'), context), { mark: member(step, 'label') });
        return null;
      case 'signal':
        throw new Signal(String(member(step, 'error') ?? 'error'), [member(step, 'message')]);
      case 'observe':
        return { values: observe(world, step, step.proc === undefined ? null : proc()) };
      default:
        throw new DriverProblem(`unknown op '${op}'`);
    }
  }

  /** A function by the name it has in Emacs. */
  private async call(step: JsonObject, context: Context | null): Promise<unknown> {
    const name = string(step, 'function');
    const core = this.world.core as unknown as Record<string, unknown>;
    const called = core[this.world.keywords.toCamel(name)];
    if (typeof called !== 'function') throw new NotYet(`${name} is not offered yet`);
    const args = list(step, 'args');
    const given = name === 'featurep' ? [this.args.feature(args[1])] : args.map((v) => this.args.value(v, context));
    const value: unknown = await (called as (...args: unknown[]) => unknown).apply(core, given);
    const id = member(step, 'id');
    if (isProcess(value) && id !== null) this.world.bind(String(id), value);
    return value;
  }

  private async make(step: JsonObject, context: Context | null): Promise<NetworkProcess | null> {
    const id = member(step, 'id');
    const owner: Owner = { id: id === null ? null : String(id), made: false };
    const given = member(step, 'args');
    const spec = this.args.keywords(isObject(given) ? given : {}, this, owner, context);
    const process = await this.bound(step, context, () => this.world.core.makeNetworkProcess(spec));
    owner.made = true;
    if (process && owner.id !== null) this.world.bind(owner.id, process);
    return process;
  }

  private async open(step: JsonObject, context: Context | null): Promise<Result> {
    const { world, args } = this;
    const { name, buffer, host, service, ...rest } = args.streamParameters(object(step, 'args'), context);
    const result = await this.bound(step, context, () =>
      world.core.openNetworkStream(name as string, buffer as BufferDesignator | null, host, service, rest),
    );
    const isList = result !== null && 'greeting' in result;
    const process = isList ? result.process : result;
    if (process) world.bind(string(step, 'id'), process);
    if (!isList) return process ? null : { returned: null };
    const shown: JsonObject = {
      process: process && world.idOf(process),
      greeting: world.printer.value(result.greeting),
      capabilities: world.printer.value(result.capabilities),
      type: result.type,
      error: result.error,
    };
    const keep = list(step, 'keep');
    const kept = Object.entries(shown).filter(([key]) => keep.length === 0 || keep.includes(key));
    return { returned: Object.fromEntries(kept) };
  }

  /** Performs `body` with the variables of the step's `let`, which in Emacs are dynamic and here are options. */
  private async bound<T>(step: JsonObject, context: Context | null, body: () => Promise<T>): Promise<T> {
    const given = member(step, 'let');
    const options = this.world.core.options as unknown as Record<string, unknown>;
    const before = { ...options };
    for (const [name, v] of Object.entries(isObject(given) ? given : {})) {
      const key = this.world.keywords.toCamel(name);
      if (!(key in options)) throw new NotYet(`${name} is not offered yet`);
      options[key] = this.args.variable(v, context);
    }
    try {
      return await body();
    } finally {
      Object.assign(options, before);
    }
  }

  private set(
    step: JsonObject,
    process: NetworkProcess,
    wanted: <T>(value: T, show?: (v: T) => Json) => Result,
    context: Context | null,
  ): Result {
    const { core, printer } = this.world;
    const value = this.args.value.bind(this.args);
    const v = step.value ?? null;
    const what = string(step, 'what');
    switch (what) {
      case 'buffer': {
        const buffer = typeof v === 'string' ? core.getBufferCreate(v) : value(v, context);
        return wanted(core.setProcessBuffer(process, buffer as TextBuffer | null));
      }
      case 'filter':
        return wanted(core.setProcessFilter(process, this.filter(v)));
      case 'sentinel':
        return wanted(core.setProcessSentinel(process, this.sentinel(v)));
      case 'coding': {
        const pair = isObject(v) ? v : {};
        const decode = this.args.symbol(pair.decode, context);
        return wanted(core.setProcessCodingSystem(process, decode, this.args.symbol(pair.encode, context)));
      }
      case 'plist':
        return wanted(core.setProcessPlist(process, this.args.plist(v, context) as Plist | null));
      case 'query':
        return wanted(core.setProcessQueryOnExitFlag(process, value(v, context)));
      case 'filterMultibyte':
        return wanted(core.setProcessFilterMultibyte(process, value(v, context)));
      case 'mark':
        core.processMark(process).set(core.processBuffer(process), number(step, 'value'));
        return null;
      case 'datagramAddress':
        return wanted(core.setProcessDatagramAddress(process, this.args.address(v, context)), (a) =>
          printer.address(a),
        );
      default:
        throw new DriverProblem(`nothing to set called '${what}'`);
    }
  }

  private buffer(name: string): TextBuffer {
    return existing(this.world.core.getBuffer(name), name, (message) => new Signal('error', [message]));
  }

  private changeBuffer(step: JsonObject, name: string): void {
    const { core } = this.world;
    const what = string(step, 'do');
    switch (what) {
      case 'create':
        core.getBufferCreate(name);
        break;
      case 'kill':
        core.killBuffer(name satisfies BufferDesignator);
        break;
      case 'insert': {
        const buffer = core.getBufferCreate(name);
        buffer.insertAt(buffer.pointMax, string(step, 'text'));
        break;
      }
      case 'erase':
        this.buffer(name).delete(number(step, 'from'), number(step, 'to'));
        break;
      case 'goto':
        this.buffer(name).gotoChar(number(step, 'to'));
        break;
      case 'unibyte':
        core.getBufferCreate(name).setMultibyte(false);
        break;
      case 'readOnly':
        core.getBufferCreate(name).readOnly = true;
        break;
      case 'narrow':
        this.buffer(name).narrowToRegion(number(step, 'from'), number(step, 'to'));
        break;
      case 'widen':
        this.buffer(name).widen();
        break;
      default:
        throw new DriverProblem(`nothing to do to a buffer called '${what}'`);
    }
  }

  private async startPeer(step: JsonObject): Promise<void> {
    const { world } = this;
    const config = this.args.peerConfig(member(step, 'config') ?? { script: [] });
    const peer = await Peer.start(world.folder, string(step, 'program'), config, world.directory);
    world.peers.set(string(step, 'id'), peer);
  }

  private markedId(proc: string, context: Context | null): string {
    if (!context || (proc !== 'self' && proc !== 'client')) return proc;
    const process = proc === 'self' ? context.self : context.client;
    if (!process) throw new DriverProblem('there is no client to mark');
    return this.world.idOf(process);
  }

  // Callbacks: each records its call before anything else, then performs what its rules say.

  filter(description: Json, owner?: Owner): Filter | true | null {
    if (isNil(description)) return null;
    if (description === true) return true;
    return (self, received) => {
      const id = this.world.idOf(self, owner);
      this.world.logFilter(id, received);
      const context = { id, self, client: null, received };
      return this.guard(id, () => this.rules(description, this.world.heard.get(id)?.text ?? '', context));
    };
  }

  sentinel(description: Json, owner?: Owner): Sentinel | null {
    if (isNil(description)) return null;
    return (self, message) => {
      const id = this.world.idOf(self, owner);
      this.world.log(id, { sentinel: message, status: this.world.core.processStatus(self) });
      const context = { id, self, client: null, received: null };
      return this.guard(id, () => this.rules(description, message, context));
    };
  }

  log(description: Json, owner?: Owner): LogFunction | null {
    if (isNil(description)) return null;
    return (self, client, message) => {
      const id = this.world.idOf(self, owner);
      const shown = isProcess(client)
        ? { client: this.world.idOf(client), status: this.world.core.processStatus(client) }
        : { client: null, status: null };
      this.world.log(id, { log: message, ...shown });
      const context = { id, self, client, received: null };
      return this.guard(id, () => this.rules(description, message, context));
    };
  }

  private rules(description: Json, text: string, context: Context): Maybe<void> {
    if (!isObject(description)) return;
    return inOrder(list(description, 'rules'), (rule) => {
      if (!isObject(rule)) throw new DriverProblem(`not a rule: ${brief(rule)}`);
      const key = JSON.stringify([context.id, rule]);
      const fired = this.world.fired.get(key) ?? 0;
      const when = member(rule, 'when');
      if (fired >= Number(member(rule, 'times') ?? 1) || (when !== null && !text.includes(String(when)))) return;
      this.world.fired.set(key, fired + 1);
      return this.run(list(rule, 'do'), context);
    });
  }

  /** Records an error that leaves a callback, and lets it go on into the core. */
  private guard(id: string, body: () => Maybe<void>): Maybe<void> {
    const threw = (e: unknown): never => {
      try {
        this.world.log(id, { threw: this.describe(e) });
      } catch (problem) {
        this.onProblem(problem);
      }
      throw e;
    };
    try {
      const pending = body();
      return pending?.catch(threw);
    } catch (e) {
      return threw(e);
    }
  }
}
