import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { Bus } from '../bus/bus.js';
import { Refusal, refusalOf } from '../bus/refusal.js';

/**
 * A request whose last answer a component shows. It is asked anew after a reconnect and, where a period is given, again
 * and again; while an answer is refused the one before stays, with the refusal beside it.
 */
export class Question<T> implements ReactiveController {
  answer: T | undefined;
  refusal: Refusal | undefined;
  readonly #host: ReactiveControllerHost;
  readonly #bus: () => Bus;
  readonly #subject: string;
  readonly #body: () => object | undefined;
  readonly #period: number;
  #timer: ReturnType<typeof setInterval> | undefined;
  #end: (() => void) | undefined;
  #asked = 0;

  /**
   * @param body what is asked; undefined asks nothing and forgets the answer
   * @param period in milliseconds; 0 for once
   */
  constructor(
    host: ReactiveControllerHost,
    bus: () => Bus,
    subject: string,
    body: () => object | undefined = () => ({}),
    period = 0,
  ) {
    this.#host = host;
    this.#bus = bus;
    this.#subject = subject;
    this.#body = body;
    this.#period = period;
    host.addController(this);
  }

  hostConnected(): void {
    this.#end = this.#bus().link.watch(() => void this.ask());
    if (this.#period > 0) {
      this.#timer = setInterval(() => void this.ask(), this.#period);
    }
    void this.ask();
  }

  hostDisconnected(): void {
    this.#end?.();
    clearInterval(this.#timer);
  }

  /** Asks now. An answer that comes after that of a later question is dropped. */
  async ask(): Promise<void> {
    const bus = this.#bus();
    if (bus.link.value.state !== 'connected') {
      return;
    }
    const number = ++this.#asked;
    const body = this.#body();
    if (body === undefined) {
      this.#settle(number, undefined, undefined);
      return;
    }
    try {
      this.#settle(number, await bus.request<T>(this.#subject, body), undefined);
    } catch (error) {
      this.#settle(number, this.answer, refusalOf(error, this.#subject));
    }
  }

  #settle(number: number, answer: T | undefined, refusal: Refusal | undefined): void {
    if (number === this.#asked) {
      this.answer = answer;
      this.refusal = refusal;
      this.#host.requestUpdate();
    }
  }
}
