/** Numbers, money, sizes and times as the language writes them. */
import type { Language } from './text';

const LOCALES: Record<Language, string> = { en: 'en-GB', id: 'id-ID' };
const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;

export interface Format {
  number: (value: number) => string;
  percent: (share: number) => string;
  /** Rupiah, without cents. */
  idr: (value: number) => string;
  bytes: (value: number) => string;
  /** "12 s", "3 min", "2 h". */
  duration: (seconds: number) => string;
  date: (moment: string | Date) => string;
  /** Of a calendar day such as 2026-11-24, which is the same everywhere. */
  day: (day: string) => string;
  dateTime: (moment: string | Date) => string;
  time: (moment: string | Date) => string;
}

export function formatFor(language: Language): Format {
  const locale = LOCALES[language];
  const number = new Intl.NumberFormat(locale);
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 });
  const idr = new Intl.NumberFormat(locale, {
    style: 'currency',
    currency: 'IDR',
    currencyDisplay: 'narrowSymbol',
    maximumFractionDigits: 0,
  });
  const date = new Intl.DateTimeFormat(locale, { dateStyle: 'medium' });
  const day = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' });
  const dateTime = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
  const time = new Intl.DateTimeFormat(locale, { timeStyle: 'short' });
  const moment = (value: string | Date) => (typeof value === 'string' ? new Date(value) : value);
  return {
    number: (value) => number.format(value),
    percent: (share) => percent.format(share),
    idr: (value) => idr.format(value),
    bytes: (value) => bytes(value, locale),
    duration: (seconds) => duration(seconds, locale),
    date: (value) => date.format(moment(value)),
    day: (value) => day.format(new Date(`${value}T00:00:00Z`)),
    dateTime: (value) => dateTime.format(moment(value)),
    time: (value) => time.format(moment(value)),
  };
}

function bytes(value: number, locale: string): string {
  const step = value < 1 ? 0 : Math.min(Math.floor(Math.log10(value) / 3), UNITS.length - 1);
  const scaled = value / 1000 ** step;
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: UNITS[step] ?? 'byte',
    maximumFractionDigits: scaled < 10 && step > 0 ? 1 : 0,
  }).format(scaled);
}

function duration(seconds: number, locale: string): string {
  const [unit, value] =
    seconds < 90 ? ['second', seconds] : seconds < 5400 ? ['minute', seconds / 60] : ['hour', seconds / 3600];
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: String(unit),
    unitDisplay: 'short',
    maximumFractionDigits: 0,
  }).format(Math.ceil(Number(value)));
}
