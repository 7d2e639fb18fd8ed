import { signal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { readMakers } from '../api/loop.ts'
import type { Maker, Makers } from '../api/maker.ts'
import { Icon, type IconName } from '../interface/icon.tsx'

const makers = signal<Makers | null>(null)

/** Who refines and who paints, and whether they are the real thing. */
export function MakerStrip(): JSX.Element {
  useEffect(() => {
    readMakers().then(
      (answer) => {
        makers.value = answer
      },
      () => undefined,
    )
  }, [])
  return (
    <ul class="makers" aria-label="Who is at work">
      <MakerItem icon="quill" work="Refiner" maker={makers.value?.refiner} />
      <MakerItem icon="brush" work="Painter" maker={makers.value?.painter} />
    </ul>
  )
}

function MakerItem({ icon, work, maker }: { icon: IconName; work: string; maker: Maker | undefined }): JSX.Element {
  return (
    <li>
      <Icon name={icon} size={18} />
      <span>
        <span class="fine">{work}</span> {maker?.label ?? '…'}
      </span>
      {maker?.standIn && <span class="stand-in">stand-in</span>}
    </li>
  )
}
