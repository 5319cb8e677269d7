/** What `observe` records. */
import type { NetworkProcess, ProcessDesignator, TextBuffer } from '../../../src/core';
import { type Json, type JsonObject, DriverProblem, brief, isObject, list, string } from './json';
import type { World } from './world';

/** The whole text whatever the restriction; null for no or a killed buffer. */
export function bufferText(buffer: TextBuffer | null): string | null {
  return buffer?.live ? buffer.fullText() : null;
}

/** @param proc what the step's `proc` stands for. */
export function observe(world: World, step: JsonObject, proc: ProcessDesignator | null): JsonObject {
  if ('proc' in step) {
    return Object.fromEntries(list(step, 'what').map((what) => ofProcess(world, proc as NetworkProcess, what)));
  }
  if ('buffer' in step) {
    const buffer = world.core.getBuffer(string(step, 'buffer'));
    return Object.fromEntries(list(step, 'what').map((what) => [String(what), ofBuffer(world, buffer, what)]));
  }
  if ('peer' in step) {
    const peer = world.peers.get(string(step, 'peer'));
    if (!peer) throw new DriverProblem(`no peer '${string(step, 'peer')}'`);
    return { lines: peer.lines() };
  }
  if ('lookup' in step) {
    const process = world.core.getProcess(string(step, 'lookup'));
    return { process: process && world.idOf(process) };
  }
  world.scan();
  return {
    processes: world.core
      .processList()
      .map((p) => world.core.processName(p))
      .sort(byCodePoints),
  };
}

function byCodePoints(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function ofProcess(world: World, process: NetworkProcess, what: Json): [string, Json] {
  if (isObject(what)) {
    if ('contact' in what) return contact(world, process, what.contact ?? null);
    if ('get' in what) {
      const key = string(what, 'get');
      return [`get ${key}`, world.printer.value(world.core.processGet(process, key))];
    }
  }
  if (typeof what !== 'string') throw new DriverProblem(`cannot observe ${brief(what)}`);
  return [what, property(world, process, what)];
}

function contact(world: World, process: NetworkProcess, key: Json): [string, Json] {
  const { core, printer, keywords } = world;
  if (key === null) return ['contact', printer.value(core.processContact(process))];
  if (key === true) return ['contact t', printer.wholeContact(core.processContact(process, true))];
  if (typeof key !== 'string') throw new DriverProblem(`not a key of a contact: ${brief(key)}`);
  const camel = keywords.toCamel(key.replace(/^:/, ''));
  return [`contact ${key}`, printer.contact(camel, core.processContact(process, camel))];
}

function property(world: World, p: NetworkProcess, what: string): Json {
  const { core, printer } = world;
  switch (what) {
    case 'status':
      return core.processStatus(p);
    case 'name':
      return core.processName(p);
    case 'type':
      return core.processType(p);
    case 'command':
      return printer.value(core.processCommand(p));
    case 'exitStatus':
      return core.processExitStatus(p);
    case 'buffer':
      return printer.bufferName(core.processBuffer(p));
    case 'text':
      return bufferText(core.processBuffer(p));
    case 'mark':
      return core.processMark(p).position;
    case 'plist':
      return printer.plist(core.processPlist(p));
    case 'coding': {
      const { decode, encode } = core.processCodingSystem(p);
      return { decode, encode };
    }
    case 'decode':
      return core.processCodingSystem(p).decode;
    case 'encode':
      return core.processCodingSystem(p).encode;
    case 'filter':
      return printer.function(core.processFilter(p));
    case 'sentinel':
      return printer.function(core.processSentinel(p));
    case 'query':
      return printer.value(core.processQueryOnExitFlag(p));
    case 'datagramAddress':
      return printer.address(core.processDatagramAddress(p));
    case 'listed':
      return core.processList().includes(p);
    case 'live':
      return core.processLiveP(p);
    case 'filterMultibyte':
      return core.processFilterMultibyteP(p);
    default:
      throw new DriverProblem(`cannot observe '${what}' of a process`);
  }
}

function ofBuffer(world: World, buffer: TextBuffer | null, what: Json): Json {
  switch (what) {
    case 'exists':
      return buffer !== null;
    case 'text':
      return bufferText(buffer);
    case 'point':
      return buffer && buffer.point;
    case 'pointMin':
      return buffer && buffer.pointMin;
    case 'pointMax':
      return buffer && buffer.pointMax;
    case 'multibyte':
      return buffer && buffer.multibyte;
    case 'length':
      return buffer && buffer.size;
    case 'process': {
      const process = buffer && world.core.getBufferProcess(buffer);
      return process && world.idOf(process);
    }
    default:
      throw new DriverProblem(`cannot observe ${brief(what)} of a buffer`);
  }
}
