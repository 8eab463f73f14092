import { roundsRepeated } from '@ringdown/platform/metrics';
import { SqlPool } from '@ringdown/store/database';
import { setTimeout as delay } from 'node:timers/promises';

// What brings a person with two calls to light, should there ever be one.

/** Holds each transaction open for a while before it is committed: what could come between, does. */
export class HesitantPool extends SqlPool {
  override transaction<T>(...[work, firstly]: Parameters<typeof SqlPool.prototype.transaction<T>>): Promise<T> {
    return super.transaction(async (client, firstRows) => {
      const result = await work(client, firstRows);
      await delay(Math.random() * 12);
      return result;
    }, firstly);
  }
}

/**
 * The database itself refuses a person who rings or talks for two calls: one row a person, kept by a trigger in the very
 * transaction that changes a call. So not only moments that somebody looks at are checked, but each.
 */
export const ONE_CALL_A_PERSON = `
  create table busy_person (operator_id uuid primary key, call_id uuid not null);
  create function note_busy_people() returns trigger language plpgsql as $$ begin
    delete from busy_person where call_id = new.id;
    insert into busy_person select (leg->>'operatorId')::uuid, new.id from jsonb_array_elements(new.state->'legs') leg
      where leg->>'operatorId' is not null and leg->>'state' in ('offered', 'connecting', 'live', 'away');
    return new;
  end $$;
  create trigger busy_people after insert or update of state on call for each row execute function note_busy_people();`;

/** In this process: what a shared transaction met with is hidden from whoever asked, for each hotline is done once more alone. */
export const faultsOfSharedRounds = async (): Promise<number> =>
  (await roundsRepeated.get()).values.find(({ labels }) => labels.cause === 'fault')?.value ?? 0;
