/** Shows a component as the app would: in English, with a cache of its own unless one is given. */
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { render } from '@testing-library/react';
import type { ReactNode } from 'react';
import { startQuery } from '../api/queries';
import type { Start } from '../app/session';
import { en } from '../i18n/en/index';
import { LanguageProvider } from '../i18n/language';

export const START: Start = {
  version: '0.0.0',
  open: false,
  registrationOpen: true,
  mail: true,
  welcomeCredits: 100,
  user: null,
  limits: { maxBytes: 25_000_000, maxPixels: 50_000_000, maxBatchImages: 500, maxBatchBytes: 2_000_000_000 },
};

const own = () => new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: Infinity } } });

export function show(what: ReactNode, start: Partial<Start> = {}, client = own()) {
  client.setQueryData(startQuery.queryKey, { ...START, ...start });
  const wrapper = ({ children }: { children: ReactNode }) => (
    <LanguageProvider first={{ language: 'en', text: en }}>
      <QueryClientProvider client={client}>{children}</QueryClientProvider>
    </LanguageProvider>
  );
  return render(what, { wrapper });
}
