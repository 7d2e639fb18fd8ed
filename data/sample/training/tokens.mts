/** Tokenises the training set's prompts as the product does: `tsx tokens.mts <folder> <model directory>`. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { Tokenizer } from '@huggingface/tokenizers'

const CONTEXT = 64
const WORDINGS = 4
const [folder = 'data/runs/training', model = 'data/sample/model'] = process.argv.slice(2)

const json = (name: string) => JSON.parse(readFileSync(`${model}/${name}`, 'utf8'))
const tokenizer = new Tokenizer(json('tokenizer.json'), json('tokenizer_config.json'))
for (const name of readdirSync(folder).filter((one) => one.endsWith('.jsonl'))) {
  const rows = readFileSync(`${folder}/${name}`, 'utf8').trim().split('\n')
  // Zero marks a place after the end; the vocabulary's token 0 is "!", which no training prompt has.
  const ids = new Int32Array(rows.length * WORDINGS * CONTEXT)
  for (const [row, line] of rows.entries()) {
    const { prompts } = JSON.parse(line) as { prompts: string[] }
    for (let wording = 0; wording < WORDINGS; wording++) {
      const tokens = tokenizer.encode(prompts[wording % prompts.length] ?? '').ids
      const kept = tokens.length > CONTEXT ? [...tokens.slice(0, CONTEXT - 1), tokens.at(-1) ?? 0] : tokens
      ids.set(kept, (row * WORDINGS + wording) * CONTEXT)
    }
  }
  writeFileSync(`${folder}/${name.replace('rows-', 'tokens-').replace('.jsonl', '.i32')}`, ids)
  console.log(name, rows.length)
}
