/** What a file is, by how it begins: told before anything is sent. */

const HEAD_BYTES = 16;

/** Formats that are read, as they begin. */
const PICTURES: readonly (readonly [RegExp, string])[] = [
  [/^\xff\xd8\xff/, 'jpeg'],
  [/^\x89PNG\r\n/, 'png'],
  [/^GIF8[79]a/, 'gif'],
  [/^RIFF[\s\S]{4}WEBP/, 'webp'],
  [/^[\s\S]{4}ftypavi[fs]/, 'avif'],
  [/^[\s\S]{4}ftyp(?:hei|hev|mif|msf)/, 'heif'],
  [/^(?:II[*+]|MM.[*+])/s, 'tiff'],
  [/^BM/, 'bmp'],
];

/** Rarer ones that are read too, for which their name has to do. */
const RARE =
  /\.(?:psd|jp2|j2k|jpx|ico|icns|cur|dds|qoi|p[bgpn]m|sgi|ras|fits?|blp|xbm|xpm|pcx|dcx|dib|tga|jfif|mpo)$/i;

/** Those that every browser shows, so that one which it cannot show is damaged. */
const SHOWN = new Set(['jpeg', 'png', 'gif', 'webp', 'bmp']);

export interface Kind {
  name: string;
  shown: boolean;
}

/** Null for what is no picture that we read. */
export function kindOf(head: Uint8Array): Kind | null {
  const text = String.fromCharCode(...head.subarray(0, HEAD_BYTES));
  const found = PICTURES.find(([begins]) => begins.test(text));
  return found ? { name: found[1], shown: SHOWN.has(found[1]) } : null;
}

export async function sniff(file: File): Promise<Kind | null> {
  const kind = kindOf(new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer()));
  return kind ?? (RARE.test(file.name) ? { name: 'rare', shown: false } : null);
}
