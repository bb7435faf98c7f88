// Byte pairs, as course_lib/text/bpe.py applies them.

const WORDS = /'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;

// GPT-2's letter for each byte, in the order of the ids.
export function byteLetters() {
  const seen = [];
  for (const [from, to] of [[33, 126], [161, 172], [174, 255]]) {
    for (let byte = from; byte <= to; byte++) seen.push(byte);
  }
  const letters = new Map(seen.map((byte) => [byte, String.fromCodePoint(byte)]));
  let next = 256;
  for (let byte = 0; byte < 256; byte++) {
    if (!letters.has(byte)) letters.set(byte, String.fromCodePoint(next++));
  }
  return letters;
}

export class BytePairs {
  // merges: ["a b", ...] in order; special: texts whose ids come last.
  constructor(merges, special) {
    this.letters = byteLetters();
    this.rank = new Map(merges.map((pair, i) => [pair, i]));
    const pieces = new Set([...this.letters.values(), ...merges.map((pair) => pair.replace(" ", ""))]);
    this.pieces = [...pieces, ...special];
    this.ids = new Map(this.pieces.map((piece, i) => [piece, i]));
    this.bytes = new Map([...this.letters].map(([byte, letter]) => [letter, byte]));
  }

  encode(text) {
    const ids = [];
    for (const word of text.match(WORDS) ?? []) {
      const parts = Array.from(new TextEncoder().encode(word), (byte) => this.letters.get(byte));
      for (const piece of this.join(parts)) ids.push(this.ids.get(piece));
    }
    return ids;
  }

  join(parts) {
    for (;;) {
      let best = null;
      for (let i = 0; i + 1 < parts.length; i++) {
        const rank = this.rank.get(`${parts[i]} ${parts[i + 1]}`);
        if (rank !== undefined && (best === null || rank < best.rank)) {
          best = { rank, pair: [parts[i], parts[i + 1]] };
        }
      }
      if (best === null) return parts;
      const joined = [];
      for (let i = 0; i < parts.length; i++) {
        if (parts[i] === best.pair[0] && parts[i + 1] === best.pair[1]) {
          joined.push(best.pair.join(""));
          i++;
        } else joined.push(parts[i]);
      }
      parts = joined;
    }
  }

  // A piece as a person reads it; bytes that are no letter by themselves show as a mark.
  text(id) {
    const letters = [...this.pieces[id]];
    if (letters.some((letter) => !this.bytes.has(letter))) return this.pieces[id];
    return new TextDecoder().decode(Uint8Array.from(letters, (letter) => this.bytes.get(letter)));
  }
}
