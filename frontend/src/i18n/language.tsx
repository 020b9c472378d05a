/** The language of the page: chosen by the person, else by the account, else by the browser. */
import { createContext, type ReactNode, use, useCallback, useEffect, useMemo, useState } from 'react';
import { fetched } from '../app/lazily';
import { isUpgrade } from '../app/upgrade';
import { connection } from '../live/connection';
import { toast } from '../ui/toasts';
import { catalogue } from './catalogues';
import { type Format, formatFor } from './format';
import { LANGUAGES, type Language, type Text } from './text';

const KEY = 'lumiku-language';

interface Spoken {
  language: Language;
  text: Text;
  format: Format;
  choose: (language: Language) => void;
}

const Current = createContext<Spoken | null>(null);

function isLanguage(value: unknown): value is Language {
  return LANGUAGES.includes(value as Language);
}

function firstLanguage(): Language {
  const stored = localStorage.getItem(KEY);
  if (isLanguage(stored)) return stored;
  const wanted = navigator.languages.map((tag) => tag.slice(0, 2)).find(isLanguage);
  return wanted ?? 'en';
}

/** The catalogue that the page begins with, so that nothing flashes in another language. */
export async function loadLanguage(): Promise<{ language: Language; text: Text }> {
  const language = firstLanguage();
  return { language, text: await catalogue(language) };
}

interface Props {
  first: { language: Language; text: Text };
  children: ReactNode;
}

export function LanguageProvider({ first, children }: Props) {
  const [spoken, setSpoken] = useState(first);
  const [wanted, want] = useState<Language | null>(null);
  const choose = useCallback((language: Language) => {
    localStorage.setItem(KEY, language);
    // The server reads it, where it shows a page before any script runs.
    // biome-ignore lint/suspicious/noDocumentCookie: no browser of ours but Chromium has the other way
    document.cookie = `${KEY}=${language}; path=/; max-age=31536000; samesite=lax`;
    want(language);
  }, []);
  const { shell } = spoken.text;
  useEffect(() => {
    if (wanted === null) return;
    let stillWanted = true;
    const bring = (told: (error: unknown) => void) =>
      fetched(() => catalogue(wanted)).then((text) => {
        if (!stillWanted) return;
        setSpoken({ language: wanted, text });
        want(null);
      }, told);
    void bring((error) => {
      if (stillWanted && !isUpgrade(error)) toast.bad(shell.languageLater(shell.languages[wanted]));
    });
    const stop = connection.onHealed(() => void bring(isUpgrade));
    return () => {
      stillWanted = false;
      stop();
    };
  }, [wanted, shell]);
  useEffect(() => {
    document.documentElement.lang = spoken.language;
  }, [spoken.language]);
  const value = useMemo(() => ({ ...spoken, choose, format: formatFor(spoken.language) }), [spoken, choose]);
  return <Current value={value}>{children}</Current>;
}

function useSpoken(): Spoken {
  const spoken = use(Current);
  if (spoken === null) throw new Error('outside of LanguageProvider');
  return spoken;
}

export const useText = (): Text => useSpoken().text;
export const useFormat = (): Format => useSpoken().format;

export function useLanguage(): Pick<Spoken, 'language' | 'choose'> {
  return useSpoken();
}
