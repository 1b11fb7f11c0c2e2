import { Bus } from './bus/bus.js';
import './state/theme.js';
import { App } from './view/app.js';

/** Where the broker is, and nothing else, is configured. */
interface Configuration {
  nats_url: string;
}

const app = document.querySelector('seg-app') as App;

try {
  const answer = await fetch('./ui-config.json', { cache: 'no-store' });
  if (!answer.ok) {
    throw new Error(`ui-config.json: ${answer.status} ${answer.statusText}`);
  }
  const { nats_url } = (await answer.json()) as Configuration;
  const bus = new Bus(nats_url);
  app.bus = bus;
  await bus.connect();
} catch (error) {
  app.failure = error instanceof Error ? error.message : String(error);
}
