/**
 * Runs one scenario with the core and prints the transcript; exit status 0. Problems of the scenario or the driver end
 * it with 2, things that the core does not offer yet with 3.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Json, DriverProblem, NotYet, ascii, isObject, list, member, string } from './lib/json';
import { normalise } from './lib/lisp';
import { Steps } from './lib/steps';
import { World } from './lib/world';

/** Gives up rather than hang. */
const limitMs = 45_000;

function quit(problem: unknown): never {
  const expected = problem instanceof DriverProblem;
  console.error(`driver: ${expected ? problem.message : problem instanceof Error ? problem.stack : String(problem)}`);
  process.exit(problem instanceof NotYet ? 3 : 2);
}

async function main(file: string, directory: string): Promise<void> {
  const scenario: Json = JSON.parse(readFileSync(file, 'utf8'));
  if (!isObject(scenario)) throw new DriverProblem('the scenario is not an object');
  const world = new World(directory, resolve(process.env.CONFORMANCE_DIR ?? 'test/conformance'));
  if (list(scenario, 'needs').includes('tls')) world.useCertificates(member(scenario, 'tls'));
  const steps = new Steps(world, quit);
  process.on('exit', () => {
    for (const peer of world.peers.values()) peer.stop();
  });
  await steps.run(list(scenario, 'steps'));
  // Before anything else can happen: the end must not show in the logs.
  const { value, ports } = world.transcript(string(scenario, 'id'), steps.records);
  const text = ascii(normalise(value, ports, world.directory));
  process.stdout.write(`${text}\n`, () => process.exit(0));
}

const [file, directory] = process.argv.slice(2);
if (file === undefined || directory === undefined) quit(new DriverProblem('usage: driver SCENARIO.json WORKDIR'));
setTimeout(() => quit(new DriverProblem(`not done after ${limitMs} ms`)), limitMs).unref();
process.on('unhandledRejection', quit);
main(file, directory).catch(quit);
