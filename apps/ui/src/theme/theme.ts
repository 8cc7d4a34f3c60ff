import { createTheme } from '@mui/material/styles'

/** The console's own look: quiet surfaces with hairlines instead of shadows, one accent, figures that line up. */
export const theme = createTheme({
  cssVariables: { colorSchemeSelector: 'data-theme', cssVarPrefix: 'vmx' },
  colorSchemes: {
    light: {
      palette: {
        primary: { main: '#0b6b66', dark: '#084f4b', light: '#d5ecea', contrastText: '#ffffff' },
        secondary: { main: '#44506a' },
        success: { main: '#1b7a3d' },
        warning: { main: '#9a5b00' },
        error: { main: '#b3261e' },
        info: { main: '#1f5fbf' },
        background: { default: '#f6f7f9', paper: '#ffffff' },
        // Who may only look reads what is in fields that are disabled.
        text: { primary: '#16202e', secondary: '#556072', disabled: '#697486' },
        divider: '#e1e5ea',
      },
    },
    dark: {
      palette: {
        primary: { main: '#5cc8bf', dark: '#3aa79e', light: '#173b3a', contrastText: '#06211f' },
        secondary: { main: '#a8b3c7' },
        success: { main: '#6cc98a' },
        warning: { main: '#e6b45c' },
        error: { main: '#f2938c' },
        info: { main: '#8bb6f5' },
        background: { default: '#10151c', paper: '#171e27' },
        text: { primary: '#e6ebf2', secondary: '#a3aebf', disabled: '#8b97a9' },
        divider: '#2a3440',
      },
    },
  },
  shape: { borderRadius: 8 },
  typography: {
    fontFamily: 'var(--font-sans), system-ui, sans-serif',
    fontSize: 14,
    h1: { fontSize: '1.5rem', fontWeight: 650, letterSpacing: '-0.01em', lineHeight: 1.3 },
    h2: { fontSize: '1.125rem', fontWeight: 650, lineHeight: 1.4 },
    h3: { fontSize: '0.9375rem', fontWeight: 650, lineHeight: 1.5 },
    button: { textTransform: 'none', fontWeight: 600 },
    overline: { textTransform: 'none', fontWeight: 600, letterSpacing: 0, lineHeight: 1.6, fontSize: '0.75rem' },
  },
  components: {
    MuiCssBaseline: {
      styleOverrides: {
        'html, body': { height: '100%' },
        // Pages with and without a scroll bar begin at the same place.
        '@media (min-width: 900px)': { html: { scrollbarGutter: 'stable' } },
        'code, pre, kbd': { fontFamily: monospace(), fontSize: '0.8125rem' },
        'table, .figures': { fontVariantNumeric: 'tabular-nums' },
        '@media (prefers-reduced-motion: reduce)': {
          '*, *::before, *::after': { animationDuration: '0.01ms !important', transitionProperty: 'none !important' },
        },
      },
    },
    MuiButton: { defaultProps: { disableElevation: true, size: 'small' }, styleOverrides: { root: { minHeight: 34 } } },
    MuiButtonBase: { styleOverrides: { root: { '&.Mui-focusVisible': focusRing() } } },
    MuiIconButton: { defaultProps: { size: 'small' } },
    MuiTextField: { defaultProps: { size: 'small', fullWidth: true } },
    MuiFormControl: { defaultProps: { size: 'small' } },
    MuiSelect: { defaultProps: { size: 'small' } },
    MuiAutocomplete: { defaultProps: { size: 'small' } },
    MuiPaper: { defaultProps: { elevation: 0 }, styleOverrides: { root: { backgroundImage: 'none' } } },
    MuiCard: { defaultProps: { variant: 'outlined' } },
    MuiAppBar: { defaultProps: { elevation: 0, color: 'inherit' } },
    MuiChip: { defaultProps: { size: 'small' }, styleOverrides: { root: { fontWeight: 550 } } },
    MuiTableCell: {
      styleOverrides: {
        root: ({ theme }) => ({
          borderColor: theme.vars?.palette.divider,
          padding: '10px 16px',
          [theme.breakpoints.down('sm')]: { padding: '10px 8px' },
        }),
        head: ({ theme }) => ({ color: theme.vars?.palette.text.secondary, fontWeight: 600, fontSize: '0.8125rem' }),
      },
    },
    MuiTooltip: { defaultProps: { arrow: true, enterDelay: 400 } },
    MuiLink: { defaultProps: { underline: 'hover' } },
    MuiDialog: { defaultProps: { fullWidth: true, maxWidth: 'sm' } },
    // In line with what is above them.
    MuiDialogActions: { styleOverrides: { root: { padding: '8px 24px 20px' } } },
    MuiAlert: { styleOverrides: { root: { alignItems: 'flex-start' } } },
    MuiTab: { styleOverrides: { root: { minHeight: 42 } } },
    MuiTabs: {
      defaultProps: { variant: 'scrollable', scrollButtons: false },
      styleOverrides: { root: { minHeight: 42 } },
    },
  },
})

function monospace() {
  return 'ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", Menlo, Consolas, monospace'
}

function focusRing() {
  return { outline: '2px solid currentColor', outlineOffset: 2 }
}
