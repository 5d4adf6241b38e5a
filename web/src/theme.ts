import { createTheme, type CSSVariablesResolver } from "@mantine/core";

// Contrast of the accent and of dimmed text is what WCAG 2.2 AA asks for on our grounds.
export const theme = createTheme({
  primaryColor: "indigo",
  // The dark greys lean to blue as our grounds do: 0 is text, 7 what a page stands on.
  colors: {
    dark: ["#e1e4e9", "#bcc2ca", "#9aa2ac", "#7d8590", "#4a5059", "#3a3f47", "#26292e", "#1f2226", "#191c1f", "#141619"],
  },
  primaryShade: { light: 7, dark: 8 },
  defaultRadius: 4,
  fontFamily: "system-ui, 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif",
  fontFamilyMonospace: "ui-monospace, 'Cascadia Mono', Menlo, Consolas, monospace",
  fontSizes: { xs: "12px", sm: "14px", md: "14px", lg: "16px", xl: "18px" },
  headings: {
    fontWeight: "600",
    sizes: { h1: { fontSize: "20px" }, h2: { fontSize: "16px" }, h3: { fontSize: "14px" } },
  },
  cursorType: "pointer",
  components: {
    // The page itself never scrolls, and locking it would add a style that the policy refuses.
    Modal: { defaultProps: { lockScroll: false }, styles: { title: { fontWeight: 600, fontSize: "16px" } } },
    ModalRoot: { defaultProps: { lockScroll: false } },
    Drawer: { defaultProps: { lockScroll: false } },
    DrawerRoot: { defaultProps: { lockScroll: false } },
    Alert: { styles: { title: { color: "var(--mantine-color-text)" } } },
    Loader: { defaultProps: { role: "status" } }, // only an element with a part may have a name
  },
});

export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-error": "#a61e1e",
    "--mantine-color-red-filled": "#c92a2a",
    "--mantine-color-red-filled-hover": "#b02525",
    "--mantine-color-dimmed": "#545b64",
    "--mantine-color-placeholder": "#6b727b",
    "--mantine-color-anchor": "#364fc7",
    "--ring": "#4263eb",
    "--line": "#dfe3e8",
    "--ground": "#ffffff",
    "--ground-2": "#f7f8fa",
    "--mark-fatal": "#ffd9d6",
    "--mark-warning": "#ffe8c7",
    "--code-tag": "#364fc7",
    "--code-dim": "#6a4a00",
  },
  dark: {
    "--mantine-color-error": "#ff9d97",
    "--mantine-color-red-filled": "#c92a2a",
    "--mantine-color-red-filled-hover": "#b02525",
    "--mantine-color-dimmed": "#a8b0ba",
    "--mantine-color-placeholder": "#9aa2ac",
    "--mantine-color-anchor": "#a5b8ff",
    "--ring": "#a5b8ff", // the accent of buttons is too dark on dark ground to be seen around them
    "--line": "#3a3f47",
    "--ground": "#1f2226",
    "--ground-2": "#26292e",
    "--mark-fatal": "#6d2320",
    "--mark-warning": "#5e4410",
    "--code-tag": "#a5b8ff",
    "--code-dim": "#e0c080",
  },
});
