import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin } from 'vite'
import { RECORD, recordBuild } from './record.ts'

/** Leaves a record in the build, so that a test can tell whether it was made from the present sources. */
export function buildRecord(root: string): Plugin {
  return {
    name: 'build-record',
    apply: 'build',
    writeBundle({ dir = join(root, 'dist') }) {
      const record = recordBuild(root, this.getModuleIds(), dir)
      writeFileSync(join(dir, RECORD), `${JSON.stringify(record, null, 2)}\n`)
    },
  }
}
