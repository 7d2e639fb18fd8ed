import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { configDefaults, defineConfig } from 'vitest/config'
import { compiledWorker } from './tests/compiled-worker.ts'
import { CountReporter } from './tests/count-reporter.ts'
import { LongestFirst } from './tests/longest-first.ts'

/**
 * Tests that a process of their own is part of: they are killed, shut every decoder, drive a browser, or stop the clock
 * that undici times all its requests by.
 */
const OWN = [
  'tests/**/*.test.ts',
  '**/{browser,kill,map-page}.test.ts',
  'packages/http/src/throttle.test.ts',
  'pipelines/interrupt.test.ts',
  'pipelines/loop/sketch-process.test.ts',
  'pipelines/sample/host-process.test.ts',
]
/** Tests of packages, and those that paint in their own process, where no decoder may be shut. */
const PAINTING = [
  'packages/{clip,dataset,generate,http,refine,runner,search}/**/*.test.ts',
  'pipelines/{display,download,measurement,sample}/**/*.test.ts',
  'pipelines/studio/{job-routes,making}.test.ts',
]
const STUDIO = 'packages/studio/src'
/** Tests on a document: what the page remembers while it is open would be there for the next of them. */
const DOCUMENT = readdirSync(join(import.meta.dirname, STUDIO), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => `${STUDIO}/${name}`)
  .filter((path) => readFileSync(join(import.meta.dirname, path), 'utf8').startsWith('// @vitest-environment'))

/** A process for each file costs half a second; what leaves nothing behind in one shares it with its like. */
const shared = (name: string, include: string[], exclude: string[] = []) => ({
  extends: true as const,
  test: { name, isolate: false, include, exclude: [...configDefaults.exclude, ...OWN, ...DOCUMENT, ...exclude] },
})

export default defineConfig({
  plugins: [compiledWorker],
  resolve: { alias: [{ find: /^fast-check$/, replacement: join(import.meta.dirname, 'tests/fixed-seed.ts') }] },
  test: {
    // chDB must never be loaded in a worker thread.
    pool: 'forks',
    // More than vitest's own choice on two cores: many tests wait for processes and sockets.
    maxWorkers: 3,
    projects: [
      { extends: true, test: { name: 'own process', include: OWN } },
      { extends: true, test: { name: 'document', include: DOCUMENT, setupFiles: './tests/still-document.ts' } },
      shared('painting', PAINTING),
      shared('pipelines', ['packages/store/**/*.test.ts', 'pipelines/**/*.test.ts'], PAINTING),
      // Whatever no other project has, so that no file is left out in silence.
      shared('page', ['**/*.test.ts'], [...PAINTING, 'packages/store/**', 'pipelines/**']),
    ],
    sequence: { sequencer: LongestFirst },
    unstubEnvs: true,
    // They end what hangs; a busy machine takes many times what is usual.
    testTimeout: 120_000,
    hookTimeout: 240_000,
    reporters: ['default', new CountReporter()],
  },
})
