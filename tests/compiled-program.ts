import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build, type Plugin } from 'vite'

const root = resolve(import.meta.dirname, '..')
/** Whose hundreds of small files cost more to open than to run. */
const MANY_FILES = ['apache-arrow', 'zod', 'openai']
/** The one module that is started as a thread of its own: it's compiled too, and lies beside the others. */
export const THREAD = /new URL\('\.\/inference-worker\.mjs', import\.meta\.url\)/

/** Sources in plain JavaScript, for tests that start them again and again. */
export interface Compiled extends AsyncDisposable {
  /** The compiled module of an entry. */
  path(entry: string): string
}

/**
 * Compiles modules (paths by name) with all the sources that they import into a new folder under `node_modules`, which
 * goes when the result is disposed of. What is compiled does what the sources do; it starts in half the processor time,
 * as no hook sees every import.
 */
export async function compile(entries: Readonly<Record<string, string>>): Promise<Compiled> {
  const cache = join(root, 'node_modules/.cache')
  await mkdir(cache, { recursive: true })
  const folder = await mkdtemp(join(cache, 'promptloom-'))
  await build({
    configFile: false,
    root,
    logLevel: 'warn',
    plugins: [inPlace],
    ssr: { noExternal: MANY_FILES },
    build: {
      ssr: true,
      target: 'node20',
      outDir: folder,
      rolldownOptions: {
        input: { 'inference-worker': join(root, 'packages/clip/src/inference-worker.ts'), ...entries },
        output: { entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs' },
      },
    },
  })
  return {
    path: (entry) => join(folder, `${entry}.mjs`),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}

/** Compiles the program with its command `run`, and what tells the rows of a store. */
export function compileProgram(): Promise<Compiled> {
  return compile({
    cli: join(root, 'pipelines/cli.ts'),
    run: join(root, 'pipelines/commands/run.ts'),
    'stored-ids': join(root, 'tests/stored-ids.ts'),
  })
}

/** Modules find what lies beside their sources, wherever they are compiled to. */
const inPlace: Plugin = {
  name: 'sources in place',
  enforce: 'pre',
  transform(code, id) {
    if (!id.startsWith(root) || !id.endsWith('.ts') || THREAD.test(code)) return undefined
    return code
      .replaceAll('import.meta.dirname', JSON.stringify(dirname(id)))
      .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(id).href))
  },
}
