import { NoRespondersError, PermissionViolationError, RequestError, TimeoutError } from '@nats-io/nats-core';

export interface Violation {
  path: string;
  reason: string;
  hint: string;
}

/** Why something that was asked for did not happen, as it is shown. */
export class Refusal extends Error {
  readonly code: string;
  readonly hint: string | undefined;
  readonly violations: readonly Violation[];

  constructor(code: string, message: string, hint?: string, violations: readonly Violation[] = []) {
    super(message);
    this.code = code;
    this.hint = hint;
    this.violations = violations;
  }

  /** Whether the broker does not grant it to this user. */
  get isForbidden(): boolean {
    return this.code === 'FORBIDDEN';
  }
}

/** Says what an error of the client means to whoever asked on this subject. */
export function refusalOf(error: unknown, subject: string): Refusal {
  if (error instanceof Refusal) {
    return error;
  }
  const cause = error instanceof RequestError && error.cause !== undefined ? error.cause : error;
  if (cause instanceof PermissionViolationError) {
    return new Refusal(
      'FORBIDDEN',
      `the broker does not grant this user to ${cause.operation === 'publish' ? 'publish on' : 'subscribe to'} ${cause.subject}`,
      'the dashboard connects as a read-only user; change policies with segctl policy apply',
    );
  }
  if (cause instanceof NoRespondersError) {
    return new Refusal('NO_ANSWER', `nobody answers on ${subject}`, 'the service is not running: segctl status shows which are');
  }
  if (cause instanceof TimeoutError) {
    return new Refusal('NO_ANSWER', `no answer on ${subject} in time`, 'the service is busy or unreachable: try again');
  }
  return new Refusal('NO_ANSWER', cause instanceof Error ? cause.message : String(cause));
}
