import { writeFile } from 'node:fs/promises'
import { UserError } from '@promptloom/runner/errors'
import type { Answer } from '@promptloom/search/answer'
import type { Collection } from '@promptloom/search/collection'
import { contactSheet } from '@promptloom/search/contact-sheet'
import { terminalGraphics, terminalPicture } from '@promptloom/search/terminal-picture'
import { type Command, Option } from 'commander'
import { type ConfigurationFlags, configurationOptions, loadFor } from '../command-options.ts'
import { answerText } from '../display/answer-text.ts'
import { environment } from '../environment.ts'
import { number, type QuestionFlags, questionOf, rankedByWords, ratio } from '../question-flags.ts'
import { logSearch } from '../search-log.ts'
import { openSearchSession } from '../search-session.ts'

type SearchFlags = ConfigurationFlags &
  QuestionFlags & {
    readonly json?: boolean
    readonly answer?: boolean
    readonly sheet?: string
    readonly images: boolean
  }

/** Defines `promptloom search`. */
export function define(command: Command): void {
  questionOptions(configurationOptions(command.argument('[words...]', 'what it should be like')))
    .option('--json', 'print the hits as a JSON array, best first')
    .option('--answer', 'print the whole answer as JSON: hits, verdict, cut-off, model, timings')
    .option('--sheet <file>', 'write a contact sheet of the hits, a PNG')
    .option('--no-images', 'show no pictures, also where the terminal can')
    .addHelpText(
      'after',
      `
A picture is a file, an address, or the id of a row (id:… where an id looks like a file); a weight may follow it after
a colon. Words in quotation marks must occur as written, as with --phrase.
Words alone find prompts; a picture alone finds the prompts that could have made it; --find pictures finds pictures.
The words are counted in <workspace>/events/searches.jsonl, on this machine, so that a queue can improve what is asked
most; feedback.searchLog: false in the configuration switches that off.

Examples:
  promptloom search "a cat is sleeping on the sofa"
  promptloom search "castle at night" --minus people --like moodboard.png:0.5 --find pictures
  promptloom search 'castle "oil painting"'
  promptloom search --like photo.jpg                  (which prompts could have made this?)
  promptloom search --like 6f0c… --find pictures      (more like this row's picture)
  promptloom search "a castle" --min-rating 4 --rating-weight 1   (promptloom bench ratings says whether it helps)
  promptloom search "loneliness" --no-hybrid          (by meaning alone, whatever the words)
  promptloom search "portrait" --phrase "greg rutkowski" --min-width 768 --json`,
    )
    .action(async (words: readonly string[], flags: SearchFlags) => {
      const { question, uploads } = await questionOf(words, flags)
      const configuration = await loadFor(flags)
      await using session = await openSearchSession(configuration)
      const { capabilities } = session.collection.store
      const answer = await session.searcher.ask(rankedByWords(question, capabilities), { uploads })
      if (configuration.feedback.searchLog) await logSearch(configuration.workspace, question)
      if (flags.sheet) await writeSheet(flags.sheet, await sheetOf(session.collection, answer, { captions: true }))
      if (flags.json || flags.answer) {
        console.log(JSON.stringify(flags.json ? answer.hits : answer, null, 2))
        return
      }
      await show(session.collection, answer, flags)
    })
}

/** Adds the options that make up a question. */
function questionOptions(command: Command): Command {
  const list = (value: string, before: readonly string[]) => [...before, value]
  return command
    .addOption(new Option('--find <what>', 'what is wanted').choices(['prompts', 'pictures']).default('prompts'))
    .option('--like <picture[:weight]>', 'like this file, address or row id; repeatable', list, [])
    .option('--also <words[:weight]>', 'further words with a weight of their own; repeatable', list, [])
    .option('--minus <words[:weight]>', 'away from these words (weight 0.5 unless given); repeatable', list, [])
    .option('--phrase <text>', 'must occur in the prompt as written; repeatable', list, [])
    .option('--hybrid', 'fuse the ranking by words with that by meaning; so are prompts found, given a text index')
    .option('--no-hybrid', 'rank by meaning alone')
    .option('-k, --k <hits>', 'hits a page', number, 10)
    .option('--page <number>', 'page, counted from 1', number, 1)
    .option('--no-cutoff', 'show the nearest rows however far they are')
    .option('--no-fold', 'show near-duplicates one by one')
    .option('--min-width <pixels>', 'least width', number)
    .option('--max-width <pixels>', 'greatest width', number)
    .option('--min-height <pixels>', 'least height', number)
    .option('--max-height <pixels>', 'greatest height', number)
    .addOption(new Option('--orientation <form>', 'form of the picture').choices(['landscape', 'portrait', 'square']))
    .option('--site <name>', 'source site; repeatable', list, [])
    .option('--origin <name>', 'dataset, refined or generated; repeatable', list, [])
    .option('--run <id>', 'brought in by this run; repeatable', list, [])
    .option('--since <date>', 'in the collection since this date (ISO 8601)')
    .option('--until <date>', 'in the collection before this date (ISO 8601)')
    .option('--min-rating <stars>', 'least rating, 1 to 5', ratio)
    .option('--rating-weight <number>', 'how far your ratings move hits, in standard deviations; default 0', ratio)
    .option('--clip-score-weight <number>', 'how far fitting picture and prompt move hits; default 0', ratio)
    .option('--has-picture', 'only rows whose picture is there')
}

async function writeSheet(path: string, sheet: Buffer): Promise<void> {
  try {
    await writeFile(path, sheet)
  } catch (cause) {
    throw new UserError(`The contact sheet cannot be written to ${path}: ${(cause as Error).message}.`, { cause })
  }
}

async function show(collection: Collection, answer: Answer, flags: SearchFlags): Promise<void> {
  const facts = { isTTY: process.stdout.isTTY === true, environment: environment() }
  const graphics = flags.images ? terminalGraphics(facts) : undefined
  if (graphics && answer.hits.some(({ hasPicture }) => hasPicture)) {
    process.stdout.write(terminalPicture(await sheetOf(collection, answer, { captions: false }), graphics))
  }
  console.log(answerText(answer, { width: process.stdout.columns ?? 100 }))
  if (flags.sheet) console.log(`Contact sheet: ${flags.sheet}`)
}

async function sheetOf(
  { pictures }: Collection,
  { hits }: Answer,
  { captions }: { captions: boolean },
): Promise<Buffer> {
  const entries = await Promise.all(
    hits.map(async ({ id, rank, prompt }) => ({ picture: await pictures?.read(id), caption: `${rank}  ${prompt}` })),
  )
  return contactSheet(entries, captions ? {} : { tile: 128, columns: 6, captions: false })
}
