/** The texts of each language, in two parts: what every page begins with, and what comes with screens. */
import { first as english } from './en/first';
import type { First, Language, Rest, Text } from './text';

const FIRST: Record<Language, () => Promise<First>> = {
  en: async () => english,
  id: async () => (await import('./id/first')).first,
};
const REST: Record<Language, () => Promise<Rest>> = {
  en: async () => (await import('./en/rest')).rest,
  id: async () => (await import('./id/rest')).rest,
};

// One object a language, which grows: what was handed out before the rest came has it, too.
const held: Record<Language, Partial<Text>> = { en: {}, id: {} };
let spoken: Language = 'en';
let whole = false;

/** The texts of a language: all of them once a screen has asked for all. */
export async function catalogue(language: Language): Promise<Text> {
  const all = whole;
  const [first, rest] = await Promise.all([FIRST[language](), all ? REST[language]() : null]);
  Object.assign(held[language], first, rest);
  if (whole !== all) return catalogue(language); // a screen has asked meanwhile
  spoken = language;
  return held[language] as Text;
}

/** Before a screen is shown that says more than the first look does. */
export async function wholeCatalogue(): Promise<void> {
  whole = true;
  await catalogue(spoken);
}
