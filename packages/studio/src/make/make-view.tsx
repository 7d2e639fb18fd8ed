import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { go, place } from '../navigation.ts'
import '../styles/make.css'
import { benchAddress, benchOf } from './bench.ts'
import { draft } from './draft.ts'
import { Earlier } from './earlier.tsx'
import { Editor } from './editor.tsx'
import { refreshHistory } from './history.ts'
import { Inspiration } from './inspiration.tsx'
import { MakerStrip } from './maker-strip.tsx'
import { Painted } from './painted.tsx'
import { Variants } from './variants.tsx'

/** The workbench: pick, write, improve, paint, keep. */
export function MakeView(): JSX.Element {
  const bench = benchOf(place.value.search)
  useEffect(() => void refreshHistory(), [])
  useEffect(() => {
    if (bench.prompt === undefined) return
    draft.value = bench.prompt
    go(benchAddress({ ...bench, prompt: undefined }), { replace: true })
  }, [bench.prompt])
  return (
    <div class="make">
      <div class="make-head">
        <h1>Make</h1>
        <MakerStrip />
      </div>
      <Inspiration />
      <div class="make-main">
        <Editor />
        {bench.paints.map((id) => (
          <Painted key={id} id={id} />
        ))}
        {bench.refine && <Variants key={bench.refine} id={bench.refine} />}
        <Earlier bench={bench} />
      </div>
    </div>
  )
}
