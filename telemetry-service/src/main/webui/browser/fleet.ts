import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, headers, type NatsConnection } from '@nats-io/transport-node';

const ROOT = join(import.meta.dirname, '../../../../../..');
const EXAMPLES = join(ROOT, 'contracts/src/main/resources/io/aegisflux/segmentation/contracts/examples');

/** Says on the bus what the hosts of the examples would say, now: web, api and db, of which host-b protects db. */
export class Fleet {
  readonly #bus: NatsConnection;
  #events = 0;

  private constructor(bus: NatsConnection) {
    this.#bus = bus;
  }

  static async connect(url: string): Promise<Fleet> {
    const fleet = new Fleet(await connect({ servers: url, maxReconnectAttempts: -1, reconnectTimeWait: 100 }));
    await fleet.#announce();
    return fleet;
  }

  /** Publishes a policy of examples/ as anyone would, and waits until it is accepted. */
  async publishExample(name: string): Promise<void> {
    const document = JSON.parse(readFileSync(join(ROOT, 'examples', `${name}.json`), 'utf8')) as { id: string };
    await this.#bus.request(`segmentation.policies.${document.id}`, JSON.stringify(document), { timeout: 30_000 });
  }

  /** Publishes a policy for host-b that is staged, so that it waits there for an acknowledgement. */
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
    await this.#bus.request(`segmentation.policies.${id}`, JSON.stringify(document), { timeout: 30_000, headers: staged });
  }

  /** How many versions of a policy there are. */
  async versions(policy: string): Promise<number> {
    const reply = await this.#bus.request('segmentation.api.policy.history', JSON.stringify({ policy_id: policy }), { timeout: 10_000 });
    return reply.json<{ versions: unknown[] }>().versions?.length ?? 0;
  }

  /** A packet from web to db that web-db dropped. */
  async drop(port = 5432): Promise<void> {
    await this.#publish('segmentation.events.host-b', {
      ...example('event-packet-dropped'),
      id: crypto.randomUUID(),
      source_port: 40_000 + this.#events++,
      dest_port: port,
      timestamp: new Date().toISOString(),
    });
  }

  /** A packet from api to db that a policy in audit mode would drop. */
  async audit(): Promise<void> {
    await this.#publish('segmentation.events.host-b', {
      ...example('event-audited'),
      id: crypto.randomUUID(),
      policy_id: 'trial',
      source_ip: '198.18.1.11',
      dest_ip: '198.18.1.10',
      lost: 0,
      timestamp: new Date().toISOString(),
    });
  }

  /** The connections that host-b recorded in the last seconds, those of api to db among them. */
  async record(): Promise<void> {
    const to = new Date();
    const records = example('flow-records') as { flows: object[] };
    await this.#publish('segmentation.flows.host-b', {
      ...records,
      from: new Date(to.getTime() - 10_000).toISOString(),
      to: to.toISOString(),
      flows: records.flows.slice(0, 1).map((flow) => ({ ...flow, last: new Date(to.getTime() - 1_000).toISOString() })),
    });
  }

  /** Counters of host-b. */
  async count(): Promise<void> {
    await this.#publish('segmentation.metrics.host-b', { ...example('metrics'), timestamp: new Date().toISOString() });
  }

  async close(): Promise<void> {
    await this.#bus.close();
  }

  async #announce(): Promise<void> {
    const event = example('system-capability-report') as { metadata: { report: object } };
    const timestamp = new Date().toISOString();
    await this.#publish('segmentation.system.host-b', {
      ...event,
      timestamp,
      metadata: { report: { ...event.metadata.report, timestamp } },
    });
    for (const [name, address] of [
      ['web', '198.18.1.10'],
      ['api', '198.18.1.11'],
    ]) {
      const workload = { id: name, labels: { app: name }, addresses: [address] };
      await this.#bus.request(`segmentation.workloads.${name}`, JSON.stringify(workload), { timeout: 30_000 });
    }
  }

  /** Publishes and makes sure that the stream has it, as an agent does: again while the broker does not say so. */
  async #publish(subject: string, message: object): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#bus.request(subject, JSON.stringify(message), { timeout: 5_000 });
        return;
      } catch (error) {
        if (attempt === 6) {
          throw error;
        }
      }
    }
  }
}

function example(name: string): object {
  return JSON.parse(readFileSync(join(EXAMPLES, `${name}.json`), 'utf8')) as object;
}
