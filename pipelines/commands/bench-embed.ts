import { existsSync } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { VIT_B_32, writeSyntheticModel } from '@promptloom/clip/synthetic/synthetic-model'
import { readTable } from '@promptloom/dataset/table-reader'
import { UserError } from '@promptloom/runner/errors'
import { run } from '@promptloom/runner/run'
import type { Stage } from '@promptloom/runner/stage'
import type { Command } from 'commander'
import { counted } from '../command-options.ts'
import { downloadOptions } from '../download/options.ts'
import { downloadStage } from '../download/stage.ts'
import { benchEmbed } from '../embed/bench/embed-bench.ts'
import { PEER } from '../embed/bench/peer.ts'
import { embedReport } from '../embed/bench/report.ts'
import { textHash } from '../embed/repeats.ts'
import { environment } from '../environment.ts'
import { picturePaths } from './picture-folder.ts'

interface BenchFlags {
  readonly model?: string
  readonly tokenizer?: string
  readonly prompts: string
  readonly pictures?: string
  readonly rows: number
  readonly pictureRows: number
  readonly rounds: number
  readonly peer: string
  readonly json?: boolean
}

/** Defines `promptloom bench embed`. */
export function define(command: Command): void {
  command.addHelpText('after', '\nExamples:\n  promptloom bench embed --prompts prompts.csv')
  command
    .requiredOption('--prompts <file>', 'CSV of real prompts')
    .option('--pictures <folder>', 'pictures; default: only text is measured')
    .option('--model <folder>', "model; default: a graph of CLIP ViT-B/32's shape with random weights, made here")
    .option('--tokenizer <folder>', 'for the random model: whose tokenizer it has')
    .option('--rows <count>', 'prompts that are embedded a round', counted, 2000)
    .option('--picture-rows <count>', 'pictures that are embedded a round', counted, 500)
    .option('--rounds <count>', 'rounds', counted, 3)
    .option('--peer <folder>', `where ${PEER} is installed; skipped, by name, if it isn't`, '.')
    .option('--json', 'print the whole report as JSON')
    .addHelpText(
      'after',
      `
Measures a warm shard of the stage from committed tables to committed vectors (the first 64 rows, which open and
compile what every run does once, are left out), bare ONNX Runtime on ready tensors (the ceiling), and
${PEER} on the same files (the peer), by turns. Rates are medians of the rounds, with the least and the most; on a
machine with other work, trust processor time, not the clock. Five minutes on two quiet cores.

Example:
  npm install --prefix /tmp/peer --ignore-scripts ${PEER}@4.3.1
  promptloom bench embed --prompts prompts.csv --tokenizer models/clip-vit-base-patch32 --peer /tmp/peer`,
    )
    .action(bench)
}

async function bench(flags: BenchFlags): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'promptloom-bench-'))
  try {
    const prompts = await samplePrompts(flags.prompts, flags.rows, folder)
    const pictures =
      flags.pictures === undefined ? [] : (await picturePaths(flags.pictures)).slice(0, flags.pictureRows)
    const model = flags.model ?? (await randomModel(folder, flags.tokenizer))
    const listener = (line: string) => console.error(line)
    const report = await benchEmbed({ model, prompts, pictures, rounds: flags.rounds, peer: flags.peer, listener })
    const label = flags.model ?? 'random weights in the shape of CLIP ViT-B/32: speed only, the vectors mean nothing'
    if (flags.json) console.log(JSON.stringify({ model: label, ...report }, null, 2))
    else console.log(embedReport(label, report).join('\n'))
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function randomModel(folder: string, tokenizerFrom: string | undefined): Promise<string> {
  if (tokenizerFrom !== undefined && !existsSync(join(tokenizerFrom, 'tokenizer.json'))) {
    throw new UserError(
      `--tokenizer is ${tokenizerFrom}, but there is no tokenizer.json in it; name a model directory.`,
    )
  }
  const path = join(folder, 'clip-random')
  await writeSyntheticModel(path, VIT_B_32, tokenizerFrom === undefined ? {} : { tokenizerFrom })
  return path
}

/** About `count` rows: all copies of some texts, chosen by their hash, so that repeats are as frequent as in the whole. */
async function samplePrompts(source: string, count: number, folder: string): Promise<string[]> {
  const workspace = join(folder, 'prompts')
  const stage = downloadStage({ environment: environment() }) as Stage<unknown>
  const options = downloadOptions.parse({ source, badSize: 'keep', expectRows: 'any' })
  await run({ workspace, pipeline: [{ stage, options }] })
  const tables = (await readdir(join(workspace, 'download'))).filter((name) => /^\d+\.parquet$/.test(name)).sort()
  const prompts: string[] = []
  for (const table of tables) {
    prompts.push(...(await readTable(join(workspace, 'download', table), { prompt: 'string' })).columns.prompt)
  }
  const share = BigInt(Math.max(1, Math.round(prompts.length / count)))
  return prompts.filter((prompt) => textHash(prompt) % share === 0n)
}
