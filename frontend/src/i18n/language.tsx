/** The language of the page: chosen by the person, else by the account, else by the browser. */
import { createContext, type ReactNode, use, useCallback, useEffect, useMemo, useRef, useState } from 'react';
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
  /** That of the account, unless one was chosen in this browser. */
  follow: (language: Language) => void;
}

const Current = createContext<Spoken | null>(null);

function isLanguage(value: unknown): value is Language {
  return LANGUAGES.includes(value as Language);
}

/** What was chosen in this browser. */
function chosenHere(): Language | null {
  const stored = localStorage.getItem(KEY);
  return isLanguage(stored) ? stored : null;
}

function firstLanguage(): Language {
  const chosen = chosenHere();
  if (chosen) return chosen;
  const wanted = navigator.languages.map((tag) => tag.slice(0, 2)).find(isLanguage);
  return wanted ?? 'en';
}

/** The catalogue that the page begins with, so that nothing flashes in another language. */
export async function loadLanguage(
  ofAccount: Promise<Language | undefined>,
): Promise<{ language: Language; text: Text }> {
  const language = firstLanguage();
  const [text, theirs] = await Promise.all([catalogue(language), ofAccount]);
  if (theirs === undefined || theirs === language || chosenHere()) return { language, text };
  return catalogue(theirs).then(
    (own) => ({ language: theirs, text: own }),
    () => ({ language, text }), // the page says so, once it is there
  );
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
  const follow = useCallback((language: Language) => {
    if (!chosenHere()) want(language);
  }, []);
  useEffect(() => {
    const chosenThere = ({ key }: StorageEvent) => key === KEY && want(chosenHere());
    window.addEventListener('storage', chosenThere);
    return () => window.removeEventListener('storage', chosenThere);
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
  const value = useMemo(
    () => ({ ...spoken, choose, follow, format: formatFor(spoken.language) }),
    [spoken, choose, follow],
  );
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

/** The page speaks the language of whoever is here. */
export function useLanguageOf(account: Language | undefined): void {
  const { language, follow } = useSpoken();
  const now = useRef(language);
  useEffect(() => {
    now.current = language;
  });
  useEffect(() => {
    if (account !== undefined && account !== now.current) follow(account);
  }, [account, follow]);
}
