/** What a user agent calls itself, as people call it: `Firefox · Windows`. */

// The first that fits: others call themselves Chrome and Safari, too.
const PROGRAMS: readonly (readonly [RegExp, string])[] = [
  [/\bEdgA?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(Firefox|FxiOS)\//, 'Firefox'],
  [/Chrom(e|ium)\/|\bCriOS\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
];
const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/Android/, 'Android'],
  [/iPhone/, 'iPhone'],
  [/iPad/, 'iPad'],
  [/Windows/, 'Windows'],
  [/Mac OS X|Macintosh/, 'macOS'],
  [/CrOS/, 'ChromeOS'],
  [/Linux/, 'Linux'],
];

export function programOf(agent: string): string {
  const first = (known: typeof PROGRAMS) => known.find(([sign]) => sign.test(agent))?.[1];
  const program = agent.startsWith('Mozilla/') ? first(PROGRAMS) : agent.split(/[\s(]/, 1)[0];
  const found = [program, first(SYSTEMS)].filter(Boolean);
  return found.length > 0 ? found.join(' · ') : agent;
}
