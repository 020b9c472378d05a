/** The catalogue's shape: English is the model, so that a key missing elsewhere does not compile. */
import type { en } from './en/index';

type Shape<T> = {
  readonly [K in keyof T]: T[K] extends string
    ? string
    : T[K] extends (...a: infer A) => string
      ? (...a: A) => string
      : Shape<T[K]>;
};

export type Text = Shape<typeof en>;
export type Language = 'en' | 'id';
export const LANGUAGES: readonly Language[] = ['en', 'id'];
