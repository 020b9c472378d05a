import { act, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { UpgradeBanner } from '../app/UpgradeBanner';
import { connection } from '../live/connection';
import { show } from '../test/show';
import { heardBy, type Said } from '../ui/toasts';
import { loadLanguage, useLanguage, useLanguageOf, useText } from './language';
import type { Language, Text } from './text';

const answers = vi.fn<() => Promise<Response>>();
const brought = vi.hoisted(() => vi.fn<(language: Language) => Promise<Text>>());
vi.mock('./catalogues', () => ({ catalogue: brought }));

const said: Said[] = [];
let deaf: () => void;

beforeEach(() => {
  vi.stubGlobal('fetch', answers);
  answers.mockReset().mockRejectedValue(new TypeError('no line'));
  brought.mockReset().mockRejectedValue(new TypeError('no texts'));
  said.length = 0;
  deaf = heardBy((each) => said.push(each));
});

afterEach(() => {
  deaf();
  connection.found();
  localStorage.clear();
  vi.unstubAllGlobals();
});

function Page() {
  const { language, choose } = useLanguage();
  return (
    <>
      <UpgradeBanner />
      <button type="button" onClick={() => choose('id')}>
        {language}: {useText().shell.home}
      </button>
    </>
  );
}

function Here() {
  useLanguageOf('id');
  return <Page />;
}

const chosen = async () => {
  show(<Page />);
  await act(async () => screen.getByText('en: Home').click());
};

test('a language chosen without a connection says that it will come, and comes', async () => {
  await chosen();
  await vi.waitFor(() => expect(said.map(({ title }) => title)).toEqual([expect.stringContaining('Bahasa')]));
  expect(screen.getByText('en: Home')).toBeTruthy();
  const { shell } = await import('./id/shell');
  brought.mockResolvedValue({ shell, errors: {} } as Text);
  await act(async () => connection.found());
  expect(await screen.findByText('id: Beranda')).toBeTruthy();
  expect(said).toHaveLength(1);
});

const START = { en: 'Home', id: 'Beranda' };
const texts = (language: Language) => Promise.resolve({ shell: { home: START[language] } } as Text);

test('the page begins in the language chosen here, else in the account’s, else in the browser’s', async () => {
  brought.mockImplementation(texts);
  const begun = async (account?: Language) => (await loadLanguage(Promise.resolve(account))).language;
  expect(await begun()).toBe('en');
  expect(await begun('id')).toBe('id');
  localStorage.setItem('lumiku-language', 'en');
  expect(await begun('id')).toBe('en');
});

test('whoever logs in is spoken to in their language, unless another was chosen here', async () => {
  brought.mockImplementation(texts);
  const { unmount } = show(<Here />);
  expect(await screen.findByText('id: Beranda')).toBeTruthy();
  expect(localStorage.getItem('lumiku-language')).toBeNull(); // the next person may have another
  unmount();
  localStorage.setItem('lumiku-language', 'en');
  await act(async () => void show(<Here />));
  expect(screen.getByText('en: Home')).toBeTruthy();
});

test('a language that an upgrade took away leads to a reload, which is asked for', async () => {
  answers.mockImplementation(async () => new Response());
  await chosen();
  expect(await screen.findByText(/has been upgraded/)).toBeTruthy();
  expect(screen.getByRole('button', { name: 'Load the page anew' })).toBeTruthy();
  expect(said).toEqual([]);
  expect(localStorage.getItem('lumiku-language')).toBe('id'); // and then it is there
});

test('a language chosen in another tab is spoken here, too', async () => {
  show(<Page />);
  const { shell } = await import('./id/shell');
  brought.mockResolvedValue({ shell, errors: {} } as Text);
  localStorage.setItem('lumiku-language', 'id');
  await act(async () => void window.dispatchEvent(new StorageEvent('storage', { key: 'lumiku-language' })));
  expect(await screen.findByText('id: Beranda')).toBeTruthy();
});
