import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { connect, headers, type NatsConnection } from '@nats-io/transport-node';

/** Longer than a busy machine takes for anything that is awaited here. */
const PATIENCE = 60_000;

const DROPPED = join(
  import.meta.dirname,
  '../../../../../../contracts/src/main/resources/io/aegisflux/segmentation/contracts/examples/event-packet-dropped.json',
);

/** The suite that DashboardIT runs: what anybody can ask of it over NATS, and connections that its workloads open. */
export class World {
  readonly #bus: NatsConnection;
  readonly #control: string;

  private constructor(bus: NatsConnection, control: string) {
    this.#bus = bus;
    this.#control = control;
  }

  static async connect(url: string, control: string): Promise<World> {
    return new World(await connect({ servers: url, maxReconnectAttempts: -1, reconnectTimeWait: 100 }), control);
  }

  /** A TCP connection, at once and once: whether it was opened and a byte came back over it. */
  async tcp(from: string, to: string, port: number): Promise<boolean> {
    return this.#tell(`connect/${from}/${to}/${port}`);
  }

  /** A connection from web to db that web-db drops. */
  async drop(): Promise<void> {
    assert.equal(await this.tcp('web', 'db', 5432), false);
  }

  /** A connection from web to db, to one of the ports 5901 and 5902 that no-vnc closes. */
  async dropAt(port: 5901 | 5902): Promise<void> {
    assert.equal(await this.tcp('web', 'db', port), false);
  }

  async stopBroker(): Promise<void> {
    await this.#tell('broker/stop');
  }

  async startBroker(): Promise<void> {
    await this.#tell('broker/start/viewer');
  }

  /** Starts the broker anew, so that pages come in as this user, and waits until policy-service is back. */
  async letPagesInAs(user: string): Promise<void> {
    await this.stopBroker();
    await this.#tell(`broker/start/${user}`);
    // A question that is asked while the broker goes away is never answered.
    await eventually('policy-service', () =>
      this.#ask('policy.list', {}, 2_000).then(
        () => true,
        () => false,
      ),
    );
  }

  async #tell(what: string): Promise<boolean> {
    const answer = await fetch(`${this.#control}/${what}`, { method: 'POST' });
    assert.ok(answer.ok, what);
    return (await answer.text()) === 'true';
  }

  /** Publishes a policy for host-b that is staged there, and stays so for long. */
  async stage(id: string): Promise<void> {
    const document = {
      id,
      name: 'Nobody may discard',
      type: 'network',
      priority: 500,
      applies_to: { labels: { role: 'data' } },
      default_action: 'none',
      rules: [{ id: 'deny-discard', action: 'deny', priority: 1, conditions: [{ field: 'dest_port', operator: 'eq', value: 9 }] }],
    };
    const staged = headers();
    staged.set('Segmentation-Canary', '100%');
    staged.set('Segmentation-Rollout', 'soak=30m');
    await this.#bus.request(`segmentation.policies.${id}`, JSON.stringify(document), { timeout: PATIENCE, headers: staged });
  }

  /** Events as one host more would tell of dropped packets, each of another address to one and the same. */
  async tellOf(drops: number): Promise<void> {
    const example = JSON.parse(await readFile(DROPPED, 'utf8')) as object;
    for (let index = 0; index < drops; index++) {
      const source = { source_ip: `10.9.${Math.floor(index / 250)}.${1 + (index % 250)}`, dest_ip: '10.10.0.1' };
      const event = { ...example, ...source, host_id: 'host-c', id: randomUUID(), timestamp: new Date().toISOString() };
      this.#bus.publish('segmentation.events.host-c', JSON.stringify(event));
    }
    await this.#bus.flush();
  }

  /** How many versions of a policy there are. */
  async versions(policy: string): Promise<number> {
    const { versions } = await this.#ask<{ versions: unknown[] }>('policy.history', { policy_id: policy });
    return versions.length;
  }

  /** Waits until telemetry-service knows of a flow like this. */
  async known(filter: string): Promise<void> {
    await eventually(`a flow that is ${filter}`, async () => {
      const { matched } = await this.#ask<{ matched: number }>('telemetry.flows', { filter });
      return matched > 0;
    });
  }

  async close(): Promise<void> {
    await this.#bus.close();
  }

  async #ask<T>(verb: string, body: object, timeout = PATIENCE): Promise<T> {
    const reply = await this.#bus.request(`segmentation.api.${verb}`, JSON.stringify(body), { timeout });
    assert.equal(reply.headers?.get('Nats-Service-Error') ?? '', '', reply.string());
    return reply.json<T>();
  }
}

export async function eventually(what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + PATIENCE;
  while (!(await holds())) {
    assert.ok(Date.now() < deadline, `waited in vain for ${what}`);
    await pause(200);
  }
}
