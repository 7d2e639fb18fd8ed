import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { openStore } from '@promptloom/store/store'
import sharp from 'sharp'
import { callProgram } from '../../tests/program.double.ts'

const MODEL = resolve(import.meta.dirname, '../../data/sample/model')
const SUBJECTS = ['cat', 'dog', 'castle', 'ship', 'forest', 'robot']

/** A workspace of six rows with pictures, run up to `load` by the sample's model, in a folder of its own. */
export async function smallWorkspace() {
  const folder = await mkdtemp(join(tmpdir(), 'promptloom-small-'))
  const workspace = join(folder, 'workspace')
  const source = join(folder, 'prompts.csv')
  const rows = ['id,prompt,url,width,height,source_site']
  for (const [at, subject] of SUBJECTS.entries()) {
    const background = `hsl(${at * 60}, 80%, 50%)`
    const picture = sharp({ create: { width: 96, height: 80, channels: 3, background } }).jpeg()
    await picture.toFile(join(folder, `${subject}.jpg`))
    rows.push(`${subject},"a ${subject} at night, oil on canvas",${subject}.jpg,96,80,site-${at % 2}.example`)
  }
  await writeFile(source, `${rows.join('\n')}\n`)
  const settings = { source, model: MODEL, workspace, 'fetch-images': { localRoot: folder }, embed: { workers: 1 } }
  let written = 0

  /** A configuration file of this workspace with more settings in it. */
  const configured = async (more: object = {}): Promise<string> => {
    const path = join(folder, `config-${written++}.yaml`)
    await writeFile(path, JSON.stringify({ ...settings, ...more }))
    return path
  }
  const { code, stderr } = await callProgram(['run', '--config', await configured(), '--to', 'load'])
  if (code !== 0) throw new Error(`The small workspace did not get ready: ${stderr}`)
  // Held open, so that a command within this process need not start the engine again, and end it.
  const store = await openStore({ kind: 'embedded', path: join(workspace, 'store') })
  return {
    folder,
    workspace,
    configured,
    /** The ids of its rows, which are the subjects of their prompts. */
    subjects: SUBJECTS,
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** What is printed as JSON, to look into. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into whatever was printed
export const printed = ({ stdout }: { readonly stdout: string }): any => JSON.parse(stdout)
