import { measureDurable } from './distribution-durable.ts';
import { type Figure, measurePure } from './distribution-pure.ts';

export const name = 'distribution';

/** Who gets which caller: decided in memory for each strategy, and stored durably. */
export const run = async ({ seconds = 3 }: { seconds?: number }): Promise<{ figures: Figure[] }> => {
  const pure = measurePure(seconds);
  return { figures: [...pure, ...(await measureDurable(seconds))] };
};
