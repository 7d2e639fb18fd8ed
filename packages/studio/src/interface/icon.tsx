import type { JSX } from 'preact'

const SHAPES = {
  search: 'M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14Zm5 12 4.5 4.5',
  picture: 'M4 5h16v14H4zM4 16l4.5-4.5 4 4 3-3L20 17M15.5 9.2a.8.8 0 1 0 0-.1',
  close: 'M6 6l12 12M18 6 6 18',
  plus: 'M12 5v14M5 12h14',
  minus: 'M5 12h14',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  alike: 'M4 8h9v9H4zM9 8V4h11v11h-7',
  left: 'M14.5 5 7.5 12l7 7',
  right: 'M9.5 5l7 7-7 7',
  down: 'M6 9.5l6 6 6-6',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  quill: 'M4 20l4-1L19.5 7.5a2 2 0 0 0-3-3L5 16zM14.5 6.5l3 3',
  brush: 'M20 4 11 13M9 13.5c-2.5-.5-4 1-4 3 0 1.5-.7 2.5-1.5 3 3.5.8 7-.5 7-3.5 0-1.2-.5-2.2-1.5-2.500z',
  map: 'M6 7.500a1.5 1.5 0 1 0 0-.1M17 6a1.5 1.5 0 1 0 0-.1M11 13a1.5 1.5 0 1 0 0-.1M18 16.500a1.5 1.5 0 1 0 0-.1M6 18.500a1.5 1.5 0 1 0 0-.1',
  runs: 'M4 6h9M4 12h14M4 18h6M17 5v2M21 11v2M14 17v2',
  sun: 'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM12 2.500v2M12 19.500v2M2.5 12h2M19.5 12h2M5.3 5.300l1.4 1.400M17.3 17.300l1.4 1.400M5.3 18.700l1.4-1.400M17.3 6.700l1.4-1.4',
  moon: 'M20 14.500A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.500Z',
  half: 'M12 3.500a8.5 8.5 0 1 0 0 17zM12 3.500a8.5 8.5 0 0 1 0 17',
  info: 'M12 3.500a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17ZM12 11v5M12 7.800v.4',
  star: 'M12 3.500l2.6 5.6 6.1.7-4.5 4.2 1.2 6L12 17l-5.4 3 1.2-6-4.5-4.2 6.1-.7z',
  keep: 'M6 4h12v16l-6-4.500L6 20z',
  open: 'M13 5h6v6M19 5l-9 9M17 14v5H5V7h5',
  bin: 'M5 7h14M9 7V4.500h6V7M7 7l.8 12.500h8.400L17 7',
  dice: 'M5 5h14v14H5zM9 9v.1M15 15v.1M15 9v.1M9 15v.1',
  tree: 'M12 4v5M12 9H6v4M12 9h6v4M6 13v.1M18 13v.1M12 13v7',
  caption: 'M4 5h16v9H4zM4 18h11',
  more: 'M5 12h.1M12 12h.1M19 12h.1',
} as const

/** Name of a drawn sign. */
export type IconName = keyof typeof SHAPES

/** A sign of 20 pixels, drawn with the colour of the text; it says nothing to those who listen. */
export function Icon({ name, size = 20 }: { name: IconName; size?: number }): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 24 24" width={size} height={size} aria-hidden="true" focusable="false">
      <path d={SHAPES[name]} />
    </svg>
  )
}

/** The sign of the product: threads over and under one another. */
export function Mark(): JSX.Element {
  return (
    <svg class="mark" viewBox="0 0 32 32" width="28" height="28" aria-hidden="true" focusable="false">
      <g class="mark-warp">
        <path d="M9 3v26" />
        <path d="M23 3v26" />
      </g>
      <g class="mark-weft">
        <path d="M3 9h26" />
        <path d="M3 23h26" />
      </g>
      <g class="mark-warp">
        <path d="M16 3v26" />
        <path d="M9 18v9" />
        <path d="M23 5v9" />
      </g>
      <path class="mark-shuttle" d="M3 16h9.500M19.5 16H29" />
    </svg>
  )
}
