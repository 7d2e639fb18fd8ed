/** Merges of the small tokenizer, so that it has tokens of more than one letter; it is no language model. */
const MERGES = [
  't h',
  'th e</w>',
  'i n',
  'in g</w>',
  'a n',
  'an d</w>',
  'o f</w>',
  'c a',
  'ca t</w>',
  'd o',
  'do g</w>',
]

/** tokenizer.json and tokenizer_config.json of a byte-level BPE in CLIP's way, with nearly no merges. */
export function byteTokenizer(contextLength: number) {
  const letters = Array.from({ length: 256 }, (_, byte) => byteLetter(byte))
  const merged = MERGES.map((merge) => merge.replace(' ', ''))
  const tokens = [
    ...letters,
    ...letters.map((letter) => `${letter}</w>`),
    ...merged,
    '<|startoftext|>',
    '<|endoftext|>',
  ]
  const vocabulary = Object.fromEntries(tokens.map((token, id) => [token, id]))
  const [begin, end] = ['<|startoftext|>', '<|endoftext|>']
  const special = (content: string, normalized: boolean) => ({
    ...{
      id: vocabulary[content],
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized,
      special: true,
    },
  })
  const words = "<\\|startoftext\\|>|<\\|endoftext\\|>|'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+"
  const tokenizer = {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [special(begin as string, true), special(end as string, false)],
    normalizer: {
      type: 'Sequence',
      normalizers: [
        { type: 'NFC' },
        { type: 'Replace', pattern: { Regex: '\\s+' }, content: ' ' },
        { type: 'Lowercase' },
      ],
    },
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        { type: 'Split', pattern: { Regex: words }, behavior: 'Removed', invert: true },
        { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
      ],
    },
    post_processor: {
      type: 'RobertaProcessing',
      sep: [end, vocabulary[end as string]],
      cls: [begin, vocabulary[begin as string]],
      trim_offsets: false,
      add_prefix_space: false,
    },
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      ...{ type: 'BPE', dropout: null, unk_token: end, continuing_subword_prefix: '', end_of_word_suffix: '</w>' },
      ...{ fuse_unk: false, byte_fallback: false, ignore_merges: false, vocab: vocabulary, merges: MERGES },
    },
  }
  const config = { model_max_length: contextLength, pad_token: end, tokenizer_class: 'CLIPTokenizer' }
  return { tokenizer, config, vocabulary: tokens.length }
}

/** The letter that stands for a byte in byte-level BPE: itself where it prints, else one past U+00FF (GPT-2's table). */
function byteLetter(byte: number): string {
  const prints = (one: number) => (one >= 33 && one <= 126) || (one >= 161 && one <= 172) || (one >= 174 && one <= 255)
  if (prints(byte)) return String.fromCharCode(byte)
  const hidden = Array.from({ length: byte }, (_, one) => one).filter((one) => !prints(one)).length
  return String.fromCharCode(256 + hidden)
}
