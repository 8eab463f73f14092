import { QueryClient } from '@tanstack/react-query';
import { RestFailure } from './rest.ts';

/** The server says when a list has changed; a list is fetched anew also when the page comes back to the front. */
export const makeQueries = (): QueryClient =>
  new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        retry: (count, error) => count < 3 && error instanceof RestFailure && error.retryable,
        retryDelay: (count) => 500 * 2 ** count,
      },
    },
  });
