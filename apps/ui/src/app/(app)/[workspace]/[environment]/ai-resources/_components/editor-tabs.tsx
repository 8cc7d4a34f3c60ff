'use client'

import ErrorIcon from '@mui/icons-material/Error'
import Box from '@mui/material/Box'
import Tab from '@mui/material/Tab'
import Tabs from '@mui/material/Tabs'

type EditorTabsProps = {
  readonly tabs: readonly { readonly id: string; readonly label: string; readonly count?: number }[]
  readonly current: string
  /** Something on them is wrong. */
  readonly faulty: ReadonlySet<string>
  /** Something on them is not saved. */
  readonly changed: ReadonlySet<string>
  readonly onChoose: (id: string) => void
}

export function EditorTabs({ tabs, current, faulty, changed, onChoose }: EditorTabsProps) {
  return (
    <Tabs
      value={current}
      onChange={(_, id: string) => onChoose(id)}
      aria-label="Parts of the AI resource"
      sx={{ borderBottom: 1, borderColor: 'divider', mb: 2 }}
    >
      {tabs.map(({ id, label, count = 0 }) => (
        <Tab
          key={id}
          value={id}
          id={`tab-${id}`}
          aria-controls={`panel-${id}`}
          sx={{ px: 2.25, minWidth: 0 }}
          label={
            <Box component="span" sx={{ display: 'inline-flex', alignItems: 'center', gap: 0.75 }}>
              {label}
              {count > 0 && (
                <Box component="span" className="figures" sx={{ color: 'text.secondary', fontWeight: 500 }}>
                  {count}
                </Box>
              )}
              <Mark faulty={faulty.has(id)} changed={changed.has(id)} />
            </Box>
          }
        />
      ))}
    </Tabs>
  )
}

/** In the room beside the label, so that tabs do not move. */
function Mark({ faulty, changed }: { faulty: boolean; changed: boolean }) {
  if (!faulty && !changed) return null
  return (
    <Box
      component="span"
      role="img"
      aria-label={faulty ? 'something is wrong' : 'not saved'}
      sx={{ position: 'absolute', right: 1, top: 13, width: 15, height: 15, display: 'grid', placeItems: 'center' }}
    >
      {faulty ? (
        <ErrorIcon color="error" sx={{ fontSize: 15 }} />
      ) : (
        <Box component="span" sx={{ width: 7, height: 7, borderRadius: '50%', bgcolor: 'warning.main' }} />
      )}
    </Box>
  )
}
