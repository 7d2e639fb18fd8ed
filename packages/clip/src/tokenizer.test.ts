import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { ReferenceTokenizer } from './reference-tokenizer.double.ts'
import { RandomWeights } from './synthetic/random-weights.ts'
import { TINY, writeSyntheticModel } from './synthetic/synthetic-model.ts'
import { cleanText } from './text-cleaning.ts'
import { ClipTokenizer } from './tokenizer.ts'

const shared = resolve(process.env.PROMPTLOOM_SHARED ?? '../shared')
const clip = join(shared, 'models', 'surrogate-clip')
const hasClip = existsSync(clip)

const reference = (directory: string) =>
  new ReferenceTokenizer(JSON.parse(readFileSync(join(directory, 'tokenizer.json'), 'utf8')))

/** tokenizer.json composes once more after lower case, which the first reference doesn't: `İ` with a mark below differs. */
const cleaned = (text: string) => cleanText(text).normalize('NFC')

/** Strings of everything that tokenizers trip over, the same ones on every run. */
function* strangeStrings(count: number): Generator<string> {
  const random = new RandomWeights(7)
  const next = (most: number) => Math.floor(((random.values(1, 1)[0] as number) / Math.sqrt(12) + 0.5) * most)
  const pieces = [
    () => String.fromCodePoint(32 + next(95)),
    () => String.fromCodePoint(next(0x500)),
    () => ['😀', '👩‍👩‍👧‍👦', '🇩🇪', '👍🏽', '❤️', '🏴󠁧󠁢󠁥󠁮󠁧󠁿'][next(6)] as string,
    () => ['&amp;', '&lt;b&gt;', '&#39;', '&#x1F600;', '&nbsp;', '&eacute', '&amp;amp;', '&bogus;'][next(8)] as string,
    () =>
      ['“', '”', '’', 'ﬁ', 'ｗ', '\x07', '\x1b[0m', '\u200b', '\u2028', '\ufeff', '\xa0', '\x85'][next(12)] as string,
    () => ["it's", "DON'T", "we'll", "I'D", "''s", '<|endoftext|>', '<|startoftext|>', 'D&D'][next(8)] as string,
    () =>
      ['中文', 'ελληνικά', 'кириллица', 'हिन्दी', 'العربية', 'ไทย', '한국어', 'e\u0301', 'ß', 'İ'][next(10)] as string,
    () => 'abcdefghij'[next(10)]?.repeat(next(300)) as string,
    () => String(next(1_000_000)),
    () => ' '.repeat(next(4)),
    () =>
      ['masterpiece', 'trending on artstation', 'by Greg Rutkowski', '8k', 'f/1.8', '--ar 16:9', '(((sharp)))'][
        next(7)
      ] as string,
  ]
  for (let at = 0; at < count; at++) {
    yield Array.from({ length: 1 + next(12) }, () => (pieces[next(pieces.length)] as () => string)()).join(
      next(2) ? ' ' : '',
    )
  }
}

/** Texts whose ids, cut to what the tower takes, are not those of the reference rules. */
function unlike(texts: Iterable<string>, tokenizer: ClipTokenizer, rules: ReferenceTokenizer): string[] {
  return [...texts].filter((text) => {
    const [ids] = tokenizer.encode(text, 'truncate').sequences
    return ids?.subarray(1, -1).join() !== rules.encode(cleaned(text)).slice(0, 75).join()
  })
}

describe('the tokenizer of a small vocabulary of bytes', () => {
  let directory: string
  let tokenizer: ClipTokenizer
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'promptloom-tokenizer-'))
    await writeSyntheticModel(directory, TINY)
    tokenizer = await ClipTokenizer.load(directory, 77, '<|endoftext|>')
  })

  it('frames a text with begin and end, and pads with what the configuration names', () => {
    const [ids] = tokenizer.encode('the cat', 'truncate').sequences
    expect(ids).toHaveLength(4)
    expect(tokenizer.padId).toBe(ids?.at(-1))
    expect(tokenizer.encode('', 'truncate')).toEqual({
      sequences: [Int32Array.of(ids?.[0] ?? 0, ids?.[3] ?? 0)],
      overlong: false,
      empty: true,
    })
  })

  it('keeps the end of a text that it cuts, and flags it', () => {
    const exact = tokenizer.encode('1'.repeat(75), 'truncate')
    expect(exact).toMatchObject({ overlong: false })
    expect(exact.sequences[0]).toHaveLength(77)
    const cut = tokenizer.encode('1'.repeat(76), 'truncate')
    expect(cut.overlong).toBe(true)
    expect(cut.sequences).toEqual(exact.sequences)
  })

  it('splits a long text into windows of like length that hold every token once', () => {
    const text = Array.from({ length: 160 }, (_, at) => at % 10).join('')
    const { sequences, overlong } = tokenizer.encode(text, 'windows')
    expect(overlong).toBe(true)
    expect(sequences.map((ids) => ids.length)).toEqual([55, 56, 55])
    const inner = sequences.flatMap((ids) => [...ids.slice(1, -1)])
    expect(inner).toEqual(reference(directory).encode(text))
  })

  it('equals the reference rules on 10,000 strange strings', () => {
    expect(unlike(strangeStrings(10_000), tokenizer, reference(directory))).toEqual([])
  }, 120_000)
})

describe.skipIf(!hasClip)(`CLIP's own tokenizer (${hasClip ? 'present' : 'skipped: no shared models'})`, () => {
  let tokenizer: ClipTokenizer
  beforeAll(async () => {
    tokenizer = await ClipTokenizer.load(clip, 77, '<|endoftext|>')
  })

  it('gives the golden ids', () => {
    const golden = JSON.parse(readFileSync(join(shared, 'models', 'clip-golden', 'real-clip-golden.json'), 'utf8'))
    for (const [text, ids] of Object.entries(golden.token_ids)) {
      expect([...(tokenizer.encode(text, 'truncate').sequences[0] ?? [])]).toEqual(ids)
    }
  })

  it('equals the reference rules on 3,000 strange strings and on real prompts', () => {
    const prompts = readFileSync(join(shared, 'data', 'prompts-10k.csv'), 'utf8')
      .split('\n')
      .slice(1, 2001)
    expect(unlike([...strangeStrings(3000), ...prompts], tokenizer, reference(clip))).toEqual([])
  }, 120_000)
})
