import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { useEffect } from 'react';
import { speak } from './catalogue/translate.ts';
import type { makeRouter } from './routes.tsx';
import { Commands } from './shell/commands.tsx';
import { Services, useFollowed, type ConsoleServices } from './services.tsx';

/** The whole console for one set of services: the real ones, or a story's. */
export function App({ services, router }: { services: ConsoleServices; router: ReturnType<typeof makeRouter> }) {
  const { theme, language } = useFollowed(services.preferences);
  useEffect(() => {
    if (theme === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = theme;
  }, [theme]);
  useEffect(() => {
    if (language !== null) void speak(language);
  }, [language]);
  return (
    <Services value={services}>
      <QueryClientProvider client={services.queries}>
        <Commands>
          <RouterProvider router={router} />
        </Commands>
      </QueryClientProvider>
    </Services>
  );
}
