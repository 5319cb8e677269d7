/** Conditions of `wait`. */
import type { ProcessDesignator } from '../../../src/core';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Arguments, Context } from './arguments';
import { type JsonObject, DriverProblem, brief, isObject, member, number, string } from './json';
import { bufferText } from './observe';
import type { World } from './world';

const pollMs = 4;

/** Resolves to null when the condition holds, else to a record of the timeout. Does not wait if it holds already. */
export function waitFor(
  world: World,
  args: Arguments,
  condition: JsonObject,
  timeoutMs: number,
  context: Context | null,
): null | Promise<JsonObject | null> {
  if (holds(world, args, condition, context)) return null;
  return poll(() => holds(world, args, condition, context), timeoutMs);
}

async function poll(test: () => boolean, timeoutMs: number): Promise<JsonObject | null> {
  for (const end = performance.now() + timeoutMs; performance.now() < end;) {
    await sleep(pollMs);
    if (test()) return null;
  }
  return { timeout: true };
}

function holds(world: World, args: Arguments, condition: JsonObject, context: Context | null): boolean {
  const kind = Object.keys(condition)[0] ?? '';
  const what = condition[kind];
  if (!isObject(what)) throw new DriverProblem(`not a condition: ${brief(condition)}`);
  const { core } = world;
  const proc = () => args.designator(what.proc, context) as ProcessDesignator;
  const contains = (text: string | null) => text !== null && text.includes(string(what, 'contains'));
  switch (kind) {
    case 'status': {
      const status = core.processStatus(proc());
      return Array.isArray(what.is) ? what.is.includes(status) : what.is === status;
    }
    case 'buffer':
      return contains(bufferText(core.getBuffer(string(what, 'name'))));
    case 'text': {
      const process = proc();
      return contains(typeof process === 'object' && 'buffer' in process ? bufferText(process.buffer) : null);
    }
    case 'filter': {
      const heard = world.heard.get(string(what, 'proc')) ?? { text: '', characters: 0 };
      if (member(what, 'length') !== null) return heard.characters >= number(what, 'length');
      return heard.text.includes(String(args.value(what.contains, context)));
    }
    case 'sentinel':
      return (world.events.get(string(what, 'proc')) ?? []).some(
        (e) => typeof e.sentinel === 'string' && contains(e.sentinel),
      );
    case 'events':
      return (world.events.get(string(what, 'proc')) ?? []).length >= number(what, 'count');
    case 'accepted':
      world.scan();
      return world.acceptedBy(string(what, 'server')) >= number(what, 'count');
    case 'peer': {
      const peer = world.peers.get(string(what, 'id'));
      if (!peer) throw new DriverProblem(`no peer '${string(what, 'id')}'`);
      return peer.lines().some((line) => contains(line));
    }
    case 'gone': {
      const process: unknown = proc();
      return !core.processList().some((p) => p === process);
    }
    default:
      throw new DriverProblem(`unknown condition '${kind}'`);
  }
}
