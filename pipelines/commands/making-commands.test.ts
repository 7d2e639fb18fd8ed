import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { automatic1111Double } from '@promptloom/generate/automatic1111/automatic1111.double'
import { imagesDouble } from '@promptloom/generate/openai-images/images.double'
import { openAiDouble } from '@promptloom/refine/openai.double'
import { lockWorkspace } from '@promptloom/runner/lock'
import sharp from 'sharp'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { callProgram } from '../../tests/program.double.ts'
import { generatedId } from '../feedback/inbox-row.ts'
import { printed, smallWorkspace } from './small-workspace.double.ts'

let small: Awaited<ReturnType<typeof smallWorkspace>>
let out: string
beforeAll(async () => {
  small = await smallWorkspace()
}, 120_000)
afterAll(() => small[Symbol.asyncDispose]())
beforeEach(async () => {
  out = join(small.folder, 'out')
  await rm(out, { recursive: true, force: true })
})

const call = (...args: string[]) => callProgram([...args, '--workspace', small.workspace])
const improved = (prompt: string, neighbours: string[] = []) => ({
  text: { variants: [{ prompt, reason: 'it names the light', neighbours }] },
})
const listed = async () => (await readdir(out)).sort()

/** `generate`, with the painter and the refiner of the given settings. */
async function generate(settings: object, ...args: string[]) {
  return callProgram(['generate', ...args, '--out', out, '--config', await small.configured(settings)])
}

const paintedBy = (url: string, more: object = {}) => ({ painter: { kind: 'automatic1111', url }, ...more })

describe('generate', () => {
  test('writes each picture, named by its content, with a file of how it was made', async () => {
    await using painter = await automatic1111Double()
    const { code, stdout, stderr } = await generate(
      { generate: paintedBy(painter.url) },
      'a',
      'castle',
      '--count',
      '2',
      '--seed',
      '7',
    )
    expect(code).toBe(0)
    expect(stderr).toMatch(/^Painting by .*AUTOMATIC1111/)
    const names = (await listed()).filter((name) => name.endsWith('.png'))
    expect(names).toHaveLength(2)
    for (const name of names) {
      const bytes = await readFile(join(out, name))
      expect(name).toBe(`${generatedId(bytes)}.png`)
      expect(JSON.parse(await readFile(join(out, name.replace('.png', '.json')), 'utf8'))).toMatchObject({
        prompt: 'a castle',
        painter: { kind: 'automatic1111', standIn: false },
      })
      expect(stdout).toContain(`${join(out, name)}  64×48, seed `)
    }
    expect(painter.painted.map(({ prompt, seed }) => [prompt, seed])).toEqual([
      ['a castle', 7],
      ['a castle', 8],
    ])
    expect(stdout).not.toContain('stand-in')
  })

  test('passes what the flags say on to the painter, above what the configuration says', async () => {
    await using painter = await automatic1111Double()
    const flags = ['--width', '128', '--height', '64', '--steps', '30', '--sampler', 'Euler a', '--cfg', '4.5']
    const settings = { generate: paintedBy(painter.url, { steps: 12, negativePrompt: 'people' }) }
    const { code } = await generate(settings, 'a ship', ...flags, '--negative', 'blur', '--checkpoint', 'dream')
    expect(code).toBe(0)
    expect(painter.painted[0]).toMatchObject({
      prompt: 'a ship',
      negative_prompt: 'blur',
      ...{ width: 128, height: 64, steps: 30, sampler_name: 'Euler a', cfg_scale: 4.5 },
      override_settings: { sd_model_checkpoint: expect.stringContaining('dream') },
    })
  })

  test('prints for machines one JSON document, and nothing beside it', async () => {
    await using painter = await automatic1111Double()
    const settings = { generate: paintedBy(painter.url) }
    const ended = await generate(settings, 'a ship', '--seed', '3', '--parent', 'ship', '--json')
    expect([ended.code, ended.stderr]).toEqual([0, expect.not.stringContaining('Painting by')])
    const { pictures, ...rest } = printed(ended)
    expect(rest).toEqual({})
    expect(pictures).toMatchObject([{ prompt: 'a ship', parents: ['ship'], parameters: { seed: 3 } }])
    expect(await listed()).toContain(`${pictures[0].id}.png`)
  })

  test('what is painted before a failure is on the disk when the failure is told', async () => {
    await using painter = await automatic1111Double({ fail: { status: 500, body: '{"detail":"no memory"}', at: 2 } })
    const settings = { generate: paintedBy(painter.url, { attempts: 1 }) }
    const { code, stderr, stdout } = await generate(settings, 'a ship', '--seed', '1', '--count', '2')
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(/no memory/)
    expect(stderr).not.toMatch(/This is a bug/)
    expect((await listed()).map((name) => name.replace(/.*\./, ''))).toEqual(['json', 'png'])
  })

  test('after a picture that cannot be written nothing more is painted that would be lost', async () => {
    await using painter = await automatic1111Double({ paintMs: 20 })
    const settings = { generate: paintedBy(painter.url) }
    const first = printed(await generate(settings, 'a ship', '--seed', '1', '--json'))
    await rm(out, { recursive: true })
    await mkdir(join(out, `${first.pictures[0].id}.png`), { recursive: true })
    const { code, stdout, stderr } = await generate(settings, 'a ship', '--seed', '1', '--count', '40')
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(/^The picture g-\w+ cannot be written to \S+ \(EISDIR\); make room there/m)
    expect(stderr).not.toMatch(/This is a bug/)
    expect(painter.painted.length).toBeLessThan(1 + 40)
  })

  test.each<[string, string[], RegExp]>([
    ['a count that is no number', ['--count', 'two'], /a whole number is expected/],
    ['a count of none', ['--count', '0'], /^The number of pictures is 0; give a whole number from 1 to 100\.$/m],
    ['a guidance that is no number', ['--cfg', 'high'], /a number is expected/],
    ['a width below a pixel', ['--width', '-5'], /a whole number is expected/],
    ['steps without end', ['--steps', '1e9'], /a whole number is expected/],
    ['a seed that is no number', ['--seed', '0x7'], /a whole number is expected/],
  ])('%s is the user’s mistake, and nothing is asked', async (_, flags, message) => {
    await using painter = await automatic1111Double()
    const { code, stderr } = await generate({ generate: paintedBy(painter.url) }, 'a ship', ...flags)
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)])
    expect(painter.painted).toEqual([])
  })

  test.each<[string, object, number, RegExp]>([
    ['is not there', { closed: true }, 1, /AUTOMATIC1111|127\.0\.0\.1/],
    [
      'wants a password',
      { credentials: 'ada:secret' },
      2,
      /^AUTOMATIC1111 at \S+ answered HTTP 401: Incorrect username or password; set AUTOMATIC1111_AUTH as user:password/m,
    ],
    ['talks nonsense', { garble: '<html>' }, 1, /AUTOMATIC1111|127\.0\.0\.1/],
    ['breaks off', { cut: true }, 1, /AUTOMATIC1111|127\.0\.0\.1/],
  ])(
    'a painter that %s is told in a sentence',
    async (_, { closed = false, ...behaviour }: { closed?: boolean }, ends, message) => {
      const painter = await automatic1111Double(behaviour)
      if (closed) await painter[Symbol.asyncDispose]()
      const settings = { generate: paintedBy(painter.url, { attempts: 1 }) }
      const { code, stderr } = await generate(settings, 'a ship')
      if (!closed) await painter[Symbol.asyncDispose]()
      expect([code, stderr]).toEqual([ends, expect.stringMatching(message)])
      expect(stderr).not.toMatch(/This is a bug|^ {4}at /m)
      expect(await listed()).toEqual([])
    },
  )

  test('a painter that answers nonsense once is asked again', async () => {
    await using painter = await automatic1111Double({ fail: { status: 503, body: 'busy', at: 1 } })
    const { code } = await generate({ generate: paintedBy(painter.url) }, 'a ship')
    expect([code, painter.painted.length]).toEqual([0, 2])
  })

  test('by an images API, in one call for all that are wanted where it may', async () => {
    await using painter = await imagesDouble({})
    const api = { kind: 'openai-images', url: painter.url, model: 'm', picturesPerCall: 2 }
    const ended = await generate({ generate: { painter: api } }, 'a ship', '--count', '2', '--json')
    expect(ended.code).toBe(0)
    expect(painter.asked.map(({ body }) => body.n)).toEqual([2])
    // The double paints the same picture twice, which is one file.
    expect(printed(ended).pictures).toMatchObject([{ parameters: { seed: null } }])
  })
})

describe('generate --refine', () => {
  test('paints what the language model made of it, and says who did', async () => {
    await using painter = await automatic1111Double()
    await using model = await openAiDouble(improved('a ship at dawn, oil on canvas', ['ship']))
    const settings = { generate: paintedBy(painter.url), refine: { endpoint: model.url, model: 'm' } }
    const { code, stdout } = await generate(settings, 'a ship', '--refine', '--seed', '5')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^Improved by .*m.*:\n {2}a ship at dawn, oil on canvas\n/)
    expect(painter.painted[0]).toMatchObject({ prompt: 'a ship at dawn, oil on canvas', seed: 5 })
    const [facts] = (await listed()).filter((name) => name.endsWith('.json'))
    expect(JSON.parse(await readFile(join(out, facts as string), 'utf8')).refined).toMatchObject({
      ...{ asked: 'a ship', reason: 'it names the light', parents: ['ship'] },
      neighbours: expect.arrayContaining([{ id: 'ship', similarity: expect.any(Number) }]),
    })
  })

  test('shows the model the nearest rows of the collection, and not more than it may', async () => {
    await using painter = await automatic1111Double()
    await using model = await openAiDouble(improved('a better ship'))
    const settings = { generate: paintedBy(painter.url), refine: { endpoint: model.url, neighbours: 2 } }
    const ended = await generate(settings, 'a ship at night, oil on canvas', '--refine', '--json')
    const { neighbours } = printed(ended).refined
    expect(neighbours.map(({ id }: { id: string }) => id)).toEqual(['ship', expect.any(String)])
    const shown = JSON.stringify(model.asked[0]?.body.messages)
    expect(small.subjects.filter((subject) => shown.includes(`a ${subject} at night`))).toHaveLength(2)
  })

  test('where the language model refuses nothing is painted', async () => {
    await using painter = await automatic1111Double()
    await using model = await openAiDouble({ refusal: 'I will not.' })
    const settings = { generate: paintedBy(painter.url), refine: { endpoint: model.url } }
    const { code, stderr } = await generate(settings, 'a ship', '--refine')
    expect([code, stderr]).toEqual([1, expect.stringMatching(/I will not/)])
    expect(stderr).not.toMatch(/This is a bug/)
    expect(painter.painted).toEqual([])
  })
})

describe('generate --keep', () => {
  test('what was painted is found by the next search, and comes from what it was made of', async () => {
    await using painter = await automatic1111Double()
    await using model = await openAiDouble(improved('a purple ship on green water', ['ship', 'forest']))
    const settings = { generate: paintedBy(painter.url), refine: { endpoint: model.url } }
    const flags = ['--refine', '--keep', '--seed', '5', '--width', '96', '--height', '80', '--json']
    const ended = await generate(settings, 'a ship', ...flags)
    const { kept, pictures } = printed(ended)
    expect([ended.code, kept]).toMatchObject([0, { searchable: true, rows: [{ id: pictures[0].id, outcome: 'ok' }] }])
    const asked = ['search', 'a purple ship on green water', '--origin', 'generated', '--json', '--no-cutoff']
    expect(printed(await call(...asked))[0].id).toBe(pictures[0].id)
    const { nodes } = printed(await call('lineage', pictures[0].id, '--json'))
    expect(nodes.map(({ id }: { id: string }) => id)).toEqual(expect.arrayContaining(['ship', 'forest']))
    const again = await callProgram(['keep', pictures[0].path, '--workspace', small.workspace, '--json'])
    expect([again.code, printed(again).rows]).toEqual([0, [{ id: pictures[0].id, outcome: 'duplicate' }]])
  }, 60_000)

  test('a picture that the collection does not take is told, and ends with 1', async () => {
    await using painter = await automatic1111Double()
    const { code, stdout } = await generate({ generate: paintedBy(painter.url) }, 'a dot', '--keep', '--seed', '2')
    expect([code, stdout]).toEqual([1, expect.stringMatching(/^Kept as g-\w+: too_small\.$/m)])
    expect((await listed()).length).toBe(2)
  }, 60_000)

  test('while the workspace is in use the pictures wait, which is told by words and code', async () => {
    await using painter = await automatic1111Double()
    const lock = await lockWorkspace(small.workspace)
    const { code, stdout } = await generate({ generate: paintedBy(painter.url) }, 'a robot', '--keep', '--seed', '9')
    await lock[Symbol.asyncDispose]()
    expect(code).toBe(3)
    expect(stdout).toMatch(/Kept as g-\w+: waiting\.\nIn the inbox; joins with the next run \(the workspace is in use/)
  })
})

describe('keep', () => {
  let picture: string
  beforeEach(async () => {
    await mkdir(out)
    picture = join(out, 'mine.png')
    await sharp({ create: { width: 80, height: 80, channels: 3, background: 'olive' } })
      .png()
      .toFile(picture)
  })

  test.each<[string, string[], RegExp]>([
    ['a file that is not there', ['nowhere.png', '--prompt', 'x'], /^There is no file nowhere\.png; give the file/],
    ['a folder', ['.', '--prompt', 'x'], /^There is no file \.; give the file of a picture\.$/m],
    ['nothing', [], /missing required argument 'pictures'/],
    [
      'a prompt beyond 20,000 characters',
      [import.meta.filename, '--prompt', 'x'.repeat(20_001)],
      /^The prompt of .* has 20001 characters; shorten it to 20000 or fewer\.$/m,
    ],
  ])('of %s is a mistake', async (_, args, message) => {
    const { code, stderr } = await call('keep', ...args)
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)])
  })

  test.each([[[]], [['--prompt', '']], [['--prompt', '  ']]])('with %j for words is a mistake', async (words) => {
    const { code, stderr } = await call('keep', picture, ...words)
    expect(code).toBe(2)
    expect(stderr).toBe(`Nothing says which prompt ${picture} was painted from; give --prompt.\n`)
  })

  test('of several, one of which is missing, keeps none', async () => {
    const { code } = await call('keep', picture, join(out, 'other.png'), '--prompt', 'olives')
    expect(code).toBe(2)
    const found = await call('search', 'olives', '--phrase', 'olives', '--json')
    expect(printed(found)).toEqual([])
  })

  test('of a file that is no picture is told by its outcome, and ends with 1', async () => {
    await writeFile(picture, 'no picture')
    const ended = await call('keep', picture, '--prompt', 'olives', '--json')
    const { searchable, rows } = printed(ended)
    expect([ended.code, searchable, rows.length]).toEqual([1, true, 1])
    expect(rows[0].outcome).not.toMatch(/ok|duplicate|waiting/)
  }, 60_000)

  test('a row that inspired it must be there, and stands behind an improved prompt', async () => {
    const ended = await call('keep', picture, '--prompt', 'olives', '--parent', 'cta')
    expect([ended.code, ended.stderr]).toEqual([2, expect.stringMatching(/^No row of .* has the id "cta"; .*\.\n$/)])
    const painted = await call('generate', 'olives', '--parent', 'cta', '--out', out)
    expect([painted.code, painted.stderr]).toEqual([2, ended.stderr])
    const refined = { prompt: 'better olives', asked: 'olives', parents: ['ship'] }
    const other = join(out, 'other.png')
    await sharp(picture).negate().toFile(other)
    await writeFile(join(out, 'other.json'), JSON.stringify({ prompt: 'better olives', refined }))
    const [{ id }] = printed(await call('keep', other, '--parent', 'dog', '--json')).rows
    const { nodes } = printed(await call('lineage', id, '--json'))
    expect(nodes.find((node: { origin: string }) => node.origin === 'refined').parents).toEqual(['dog', 'ship'])
  }, 60_000)

  test('knows the rows that inspired it, and the words of the file beside it give way to the flag', async () => {
    await writeFile(join(out, 'mine.json'), JSON.stringify({ prompt: 'other words', parents: ['dog'] }))
    const ended = await call(
      'keep',
      picture,
      '--prompt',
      'green olives',
      '--parent',
      'cat',
      '--parent',
      'dog',
      '--json',
    )
    const [{ id, outcome }] = printed(ended).rows
    expect([ended.code, outcome]).toEqual([0, 'ok'])
    const { nodes } = printed(await call('lineage', id, '--json'))
    expect(nodes.find((node: { id: string }) => node.id === id)).toMatchObject({
      prompt: 'green olives',
      parents: ['cat', 'dog'],
    })
  }, 60_000)
})
