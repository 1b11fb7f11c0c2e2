import { wsconnect, type Msg, type NatsConnection, type Subscription } from '@nats-io/nats-core';
import { Store } from '../state/store.js';
import { Refusal, refusalOf, type Violation } from './refusal.js';

/** How the connection to the broker stands; `since` in milliseconds. */
export interface Link {
  state: 'connecting' | 'connected' | 'disconnected';
  since: number;
}

const PATIENCE = 10_000;
/** The viewer's replies, and only those, arrive here: deploy/nats/users.conf. */
const INBOX = '_INBOX_viewer';

interface Listener {
  subject: string;
  hear: (body: unknown) => void;
  subscription?: Subscription;
}

/** The one connection of the page. It reconnects by itself for as long as the page is open. */
export class Bus {
  readonly link = new Store<Link>({ state: 'connecting', since: Date.now() });
  readonly #url: string;
  #connection: NatsConnection | undefined;
  readonly #listeners = new Set<Listener>();

  constructor(url: string) {
    this.#url = url;
  }

  get url(): string {
    return this.#url;
  }

  /** Connects, however long that takes; what was subscribed before takes effect then. */
  async connect(): Promise<void> {
    const connection = await wsconnect({
      servers: this.#url,
      name: 'dashboard',
      inboxPrefix: INBOX,
      waitOnFirstConnect: true,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 500,
      reconnectJitter: 500,
      pingInterval: 10_000,
      maxPingOut: 2,
      ignoreClusterUpdates: true,
    });
    this.#connection = connection;
    this.#listeners.forEach((listener) => subscribe(connection, listener));
    this.#become('connected');
    void this.#follow(connection);
  }

  /**
   * Hears every JSON message on a subject until the returned function is called; what cannot be read is told to the console
   * and skipped.
   */
  listen<T>(subject: string, hear: (body: T) => void): () => void {
    const listener: Listener = { subject, hear: hear as (body: unknown) => void };
    this.#listeners.add(listener);
    if (this.#connection !== undefined) {
      subscribe(this.#connection, listener);
    }
    return () => {
      listener.subscription?.unsubscribe();
      this.#listeners.delete(listener);
    };
  }

  /**
   * Asks and awaits the answer.
   *
   * @throws Refusal when the broker or the service refuses, or nobody answers
   */
  async request<T>(subject: string, body: unknown): Promise<T> {
    return (await this.#ask(subject, JSON.stringify(body))).json<T>();
  }

  async #ask(subject: string, body: string): Promise<Msg> {
    const connection = this.#connection;
    if (connection === undefined || this.link.value.state !== 'connected') {
      throw new Refusal('NO_ANSWER', 'the broker is not connected', 'the page reconnects by itself');
    }
    let reply: Msg;
    try {
      reply = await connection.request(subject, body, { timeout: PATIENCE });
    } catch (error) {
      throw refusalOf(error, subject);
    }
    const failure = reply.headers?.get('Nats-Service-Error');
    if (failure) {
      throw refused(reply, failure);
    }
    return reply;
  }

  async #follow(connection: NatsConnection): Promise<void> {
    for await (const status of connection.status()) {
      if (status.type === 'disconnect') {
        this.#become('disconnected');
      } else if (status.type === 'reconnect') {
        this.#become('connected');
      }
    }
  }

  #become(state: Link['state']): void {
    if (this.link.value.state !== state) {
      this.link.set({ state, since: Date.now() });
    }
  }
}

function subscribe(connection: NatsConnection, listener: Listener): void {
  listener.subscription = connection.subscribe(listener.subject, {
    callback: (error, message) => {
      if (error !== null) {
        console.error(refusalOf(error, listener.subject).message);
        return;
      }
      try {
        listener.hear(message.json());
      } catch (failure) {
        console.error(`a message on ${message.subject} was skipped`, failure);
      }
    },
  });
}

function refused(reply: Msg, failure: string): Refusal {
  try {
    const error = reply.json<{ code: string; message: string; hint?: string; violations?: Violation[] }>();
    return new Refusal(error.code, error.message, error.hint, error.violations);
  } catch {
    return new Refusal('NO_ANSWER', failure);
  }
}
