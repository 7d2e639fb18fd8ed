import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PaintRequest } from '@promptloom/generate/back-end'
import { GeneratorError } from '@promptloom/generate/generator-error'
import { RefineError, type RefineOutcome } from '@promptloom/refine/refine-error'
import { UserError } from '@promptloom/runner/errors'
import { run } from '@promptloom/runner/run'
import { readStatus } from '@promptloom/runner/status'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { forgetInBatch, listBatches, putBatch, readBatch } from '../inbox.ts'
import { refinedId } from '../inbox-row.ts'
import { feedbackOptions, type QueueOptions } from '../options.ts'
import { feedbackStage } from '../stage.ts'
import { QueueJournal } from './journal.ts'
import type { QueueParts } from './makers.ts'
import { PICTURE_RULES, type QueueDoubleOptions, queueDouble, takeAll } from './queue.double.ts'
import { readUnanswered, unansweredText } from './unanswered.ts'

let workspace: string
let calls: string[]
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'promptloom-queue-'))
  calls = []
})
afterEach(() => rm(workspace, { recursive: true, force: true }))

const file = () => join(workspace, 'prompts.txt')
const prompts = (...lines: string[]) => writeFile(file(), lines.join('\n'))
const double = (more: Partial<QueueDoubleOptions> = {}) => queueDouble({ onCall: (call) => calls.push(call), ...more })

function pipelineOf(parts: QueueParts | undefined, queue: Partial<QueueOptions> | null = {}) {
  const wanted = queue && { source: { file: file() }, shardPrompts: 2, ...queue }
  const options = feedbackOptions.parse({ pictures: PICTURE_RULES, ...(wanted ? { queue: wanted } : {}) })
  return [{ stage: feedbackStage({ examine: takeAll, queue: parts }) as never, options }]
}

/** Runs the stage and returns its outcomes over all shards. */
async function night(parts: QueueParts | undefined, queue?: Partial<QueueOptions> | null) {
  const pipeline = pipelineOf(parts, queue)
  const { exitCode, stages } = await run({ workspace, pipeline })
  expect(stages.flatMap(({ failures }) => failures)).toEqual([])
  expect(exitCode).toBe(0)
  return (await readStatus(workspace, pipeline)).stages[0]?.outcomes
}

async function inbox() {
  const lines = []
  for (const { name } of await listBatches(workspace)) lines.push(...(await readBatch(workspace, name)))
  return lines
}

async function ends(shard = 'queue-00000') {
  const text = await readFile(join(workspace, 'feedback', `${shard}.prompts.jsonl`), 'utf8')
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
}

describe('the queue', () => {
  it('improves and paints every prompt, and the same run takes the results in', async () => {
    await prompts('a cat', 'a dog', 'a bird')
    // Three prompts, and for each an improved one and a picture.
    expect(await night(double())).toEqual({ ok: 3 + 6 })
    expect(calls).toHaveLength(6)
    const [improved, picture] = await inbox()
    expect(improved).toMatchObject({ prompt: 'a cat, better 0', origin: 'refined', parents: ['near'] })
    expect(picture).toMatchObject({ origin: 'generated', parents: [(improved as { id: string }).id] })
    expect(picture).toMatchObject({ lineage: { asked: 'a cat', parameters: { seed: expect.any(Number) } } })
    expect(await readdir(join(workspace, 'queue'))).toEqual(['journal.jsonl'])
  })

  it('does nothing twice', async () => {
    await prompts('a cat', 'a dog', 'a bird')
    await night(double())
    const paid = calls.length
    expect(await night(double())).toEqual({ ok: 9 })
    expect(calls).toHaveLength(paid)
  })

  it('pays for new prompts alone, wherever they stand', async () => {
    await prompts('a cat', 'a dog', 'a bird')
    await night(double())
    calls = []
    await prompts('a fox', 'a bird', 'a dog', 'a cat')
    expect(await night(double())).toEqual({ ok: 4 + 8 })
    expect(calls).toEqual(['refine a fox', expect.stringMatching(/^paint a fox, better 0 /)])
  })

  it('paints as many variants and pictures as are wanted, each with a seed of its own', async () => {
    await prompts('a cat')
    expect(await night(double(), { variants: 2, pictures: 3 })).toEqual({ ok: 1 + 2 + 6 })
    const seeds = calls.filter((call) => call.startsWith('paint')).map((call) => call.split(' ').at(-1))
    expect(new Set(seeds).size).toBe(6)
  })

  it('paints none where none is wanted, and what was improved is not paid again when some are', async () => {
    await prompts('a cat')
    expect(await night(double(), { pictures: 0 })).toEqual({ ok: 2 })
    calls = []
    await night(double(), { pictures: 1 })
    expect(calls).toEqual([expect.stringMatching(/^paint/)])
  })

  it('is done anew by another recipe', async () => {
    await prompts('a cat')
    await night(double())
    calls = []
    await night(double({ recipe: { refine: 'model 1', paint: 'painter 2' } }))
    expect(calls).toEqual([expect.stringMatching(/^paint/)])
  })

  it('without prompts, or without a queue, costs nothing', async () => {
    await prompts('')
    expect(await night(double())).toEqual({})
    expect(await night(double(), null)).toEqual({})
    expect(calls).toEqual([])
  })

  it('does not bring back what was forgotten', async () => {
    await prompts('a cat')
    await night(double())
    const [batch] = await listBatches(workspace)
    const ids = (await inbox()).map((line) => ('id' in line ? line.id : line.forgotten))
    await forgetInBatch(workspace, batch?.name as string, new Set(ids))
    await prompts('a cat', 'a dog')
    expect(await night(double())).toEqual({ ok: 2 + 2, forgotten: 2 })
    expect((await inbox()).filter((line) => 'id' in line && line.prompt.startsWith('a cat'))).toEqual([])
  })
})

describe('where nobody works on the queue', () => {
  const kept = () => ({ row: { id: refinedId('kept', []), prompt: 'kept', origin: 'refined' as const, parents: [] } })

  it('rows come in without starting it', async () => {
    await prompts('a cat')
    await putBatch(workspace, [kept()])
    expect(await night(undefined)).toEqual({ ok: 1 })
    expect(calls).toEqual([])
  })

  it('what was done stays done, and what may be tried again waits', async () => {
    await prompts('a cat', 'a dog')
    const busy = (request: { prompt: string }) => {
      if (request.prompt === 'a dog') throw new RefineError('llm_busy', 'try later')
    }
    await night(double({ refine: busy }))
    await putBatch(workspace, [kept()])
    expect(await night(undefined)).toEqual({ ok: 1 + 2 + 1, llm_busy: 1 })
    await prompts()
    expect(await night(undefined)).toEqual({ ok: 1 + 2 + 1, llm_busy: 1 })
    await prompts('a cat', 'a dog')
    calls = []
    expect(await night(double())).toEqual({ ok: 2 + 4 + 1 })
    expect(calls).toEqual(['refine a dog', expect.stringMatching(/^paint a dog/)])
  })
})

describe('failures are outcomes', () => {
  it.each<RefineOutcome>(['llm_refused', 'llm_malformed'])(
    '%s is settled: paid for, and not asked again',
    async (outcome) => {
      await prompts('a cat', 'a dog')
      const usage = { calls: 1, inputTokens: 7, outputTokens: 0, cost: 1, estimated: false }
      const refine = ({ prompt }: { prompt: string }) => {
        if (prompt === 'a cat') throw new RefineError(outcome, 'no', { usage })
      }
      expect(await night(double({ refine }))).toEqual({ ok: 1 + 2, [outcome]: 1 })
      await prompts('a cat', 'a fox')
      calls = []
      let spent: unknown
      await night(
        double({
          refine,
          opened: (given) => {
            spent = given
          },
        }),
      )
      expect(calls.filter((call) => call.includes('cat'))).toEqual([])
      expect(spent).toEqual({ tokens: 22, cost: 1.25, pictures: 1 })
    },
  )

  it.each<RefineOutcome>(['llm_unreachable', 'llm_timeout', 'llm_busy', 'llm_error', 'budget'])(
    '%s is left to the next run, which asks for nothing else',
    async (outcome) => {
      await prompts('a cat', 'a dog')
      const refine = ({ prompt }: { prompt: string }) => {
        if (prompt === 'a cat') throw new RefineError(outcome, 'later, please')
      }
      expect(await night(double({ refine }))).toEqual({ ok: 3, [outcome]: 1 })
      expect((await ends())[0]).toEqual({ prompt: 'a cat', outcome, detail: 'later, please' })
      calls = []
      expect(await night(double())).toEqual({ ok: 6 })
      expect(calls).toEqual(['refine a cat', expect.stringMatching(/^paint a cat/)])
    },
  )

  it('of the painter cost no improved prompt, and no picture that was painted before', async () => {
    await prompts('a cat')
    let painted = 0
    const paint = (_: PaintRequest) => {
      if (++painted > 1) throw new GeneratorError('generator_error', 'out of memory')
    }
    expect(await night(double({ paint }), { pictures: 3 })).toEqual({ generator_error: 1, ok: 2 })
    calls = []
    expect(await night(double(), { pictures: 3 })).toEqual({ ok: 1 + 1 + 3 })
    expect(calls).toHaveLength(2)
  })

  it('a prompt that the painter refuses is not painted again', async () => {
    await prompts('a cat')
    const paint = () => {
      throw new GeneratorError('generator_refused', 'not this')
    }
    expect(await night(double({ paint }))).toEqual({ generator_refused: 1, ok: 1 })
    await prompts('a cat', 'a dog')
    calls = []
    await night(double({ paint }))
    expect(calls).toEqual(['refine a dog', expect.stringMatching(/^paint a dog/)])
  })

  it('a collection that cannot be searched yet is left to the next run', async () => {
    await prompts('a cat')
    const retrieve = () => {
      throw new UserError('Nothing has been loaded yet.')
    }
    expect(await night(double({ retrieve }))).toEqual({ not_searchable: 1 })
    expect(calls).toEqual([])
    expect(await night(double())).toEqual({ ok: 3 })
  })

  it('prompts beyond 10,000 characters, and those that nothing improves, cost no painter', async () => {
    const parts = double()
    const nothing: QueueParts = {
      ...parts,
      async open(spent) {
        const makers = await parts.open(spent)
        const refine: typeof makers.refiner.refine = async (...asked) => ({
          ...(await makers.refiner.refine(...asked)),
          variants: [],
        })
        return { ...makers, refiner: { describe: () => makers.refiner.describe(), refine } }
      },
    }
    await prompts('x'.repeat(10_001), 'a cat')
    expect(await night(nothing)).toEqual({ too_long: 1, nothing_better: 1 })
    expect(calls).toEqual(['refine a cat'])
  })

  it('five in a row end the asking for this run', async () => {
    await prompts(...Array.from({ length: 9 }, (_, at) => `prompt ${at}`))
    const refine = () => {
      throw new RefineError('llm_unreachable', 'no connection')
    }
    expect(await night(double({ refine }))).toEqual({ llm_unreachable: 5, gave_up: 4 })
    expect(calls).toHaveLength(5)
    expect((await ends('queue-00004'))[0].detail).toMatch(/failed five times in a row/)
  })

  it('a wrong key stops the night at once, and costs nothing that was made', async () => {
    await prompts('a cat', 'a dog')
    const refine = ({ prompt }: { prompt: string }) => {
      if (prompt === 'a dog') throw new RefineError('llm_denied', 'the key is wrong')
    }
    const pipeline = pipelineOf(double({ refine }))
    await expect(run({ workspace, pipeline })).rejects.toMatchObject({ exitCode: 2, message: 'the key is wrong' })
    calls = []
    expect(await night(double())).toEqual({ ok: 6 })
    expect(calls).toEqual(['refine a dog', expect.stringMatching(/^paint a dog/)])
  })
})

describe('the budget', () => {
  it('is handed to the refiner with what was spent in the last twelve hours, and no more', async () => {
    await prompts('a cat')
    await night(double())
    const old = { kind: 'refined', key: 'old', at: '2020-01-01T00:00:00Z', outcome: 'ok', variants: [], neighbours: [] }
    const maker = {
      refiner: { kind: 'llm', label: 'x', standIn: false },
      usage: { inputTokens: 9, outputTokens: 9, cost: 9 },
    }
    await appendFile(join(workspace, 'queue', 'journal.jsonl'), `${JSON.stringify({ ...old, ...maker })}\n`)
    await prompts('a cat', 'a dog')
    let spent: unknown
    await night(
      double({
        opened: (given) => {
          spent = given
        },
      }),
    )
    expect(spent).toEqual({ tokens: 15, cost: 0.25, pictures: 1 })
  })

  it('of pictures leaves the rest to the next run', async () => {
    await prompts('a cat', 'a dog', 'a bird')
    expect(await night(double(), { mostPictures: 2 })).toEqual({ ok: 2 + 3 + 2, budget: 1 })
    expect(await night(double(), { mostPictures: 2 })).toMatchObject({ budget: 1 })
    expect(await night(double(), { mostPictures: 3 })).toEqual({ ok: 3 + 6 })
    expect(calls.filter((call) => call.startsWith('paint'))).toHaveLength(3)
  })

  it('counts a picture that a kill cut off, for it may be paid', async () => {
    await prompts('a cat', 'a dog')
    await (await QueueJournal.open(workspace)).ask('killed')
    expect(await night(double(), { mostPictures: 2 })).toMatchObject({ budget: 1 })
    expect(calls.filter((call) => call.startsWith('paint'))).toHaveLength(1)
  })

  it('counts a call of the refiner that a kill cut off at its worst, and says so', async () => {
    await prompts('a cat')
    const journal = await QueueJournal.open(workspace)
    await journal.ask('killed', { tokens: 900, cost: 3 })
    await journal.ask('killed, too')
    let spent: unknown
    const opened = (given: unknown) => {
      spent = given
    }
    await night(double({ opened }))
    expect(spent).toEqual({ tokens: 900, cost: 3, pictures: 1 })
    const said = unansweredText(await readUnanswered(workspace))
    expect(said).toMatch(
      /^feedback: 1 call of the refiner and 1 call of the painter in the last twelve hours without an/,
    )
    expect(await readFile(join(workspace, 'run.log'), 'utf8')).toContain(said)
    expect(unansweredText({ refiner: 0, painter: 0 })).toBe('')
  })

  it('is written to by every call, before it is made', async () => {
    await prompts('a cat')
    const worst = { tokens: 50, cost: null }
    const parts = double({})
    const asking: QueueParts = {
      ...parts,
      async open(spent) {
        const makers = await parts.open(spent)
        const refine: typeof makers.refiner.refine = async (request, options) => {
          await options?.calls?.asked(worst)
          expect(await readUnanswered(workspace)).toEqual({ refiner: 1, painter: 0 })
          await options?.calls?.turnedDown()
          expect(await readUnanswered(workspace)).toEqual({ refiner: 0, painter: 0 })
          await options?.calls?.asked(worst)
          keys.push(options?.idempotencyKey)
          return makers.refiner.refine(request, options)
        }
        return { ...makers, refiner: { describe: () => makers.refiner.describe(), refine } }
      },
    }
    const keys: unknown[] = []
    expect(await night(asking)).toEqual({ ok: 3 })
    expect(keys).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/)])
    expect(await readUnanswered(workspace)).toEqual({ refiner: 0, painter: 0 })
  })

  it('counts a picture that was given up half-way, and none that failed', async () => {
    await prompts('a cat')
    const controller = new AbortController()
    const giveUp = () => {
      controller.abort(new Error('Ctrl-C'))
      controller.signal.throwIfAborted()
    }
    const pipeline = pipelineOf(double({ paint: giveUp }))
    expect((await run({ workspace, pipeline, signal: controller.signal })).exitCode).toBe(3)
    const counted = async () => (await QueueJournal.open(workspace)).spentSince(new Date(0)).pictures
    expect(await counted()).toBe(1)
    const fail = () => {
      throw new GeneratorError('generator_busy', 'busy')
    }
    expect(await night(double({ paint: fail }))).toMatchObject({ generator_busy: 1 })
    expect(await counted()).toBe(1)
  })
})
