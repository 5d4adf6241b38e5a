import { Button, Menu } from "@mantine/core";
import { IconCheck, IconChevronDown } from "@tabler/icons-react";
import classes from "./FilterMenu.module.css";

type Props<T extends string> = {
  label: string;
  options: readonly { value: T; label: string }[];
  chosen: readonly T[];
  /** One value at a time instead of several. */
  single?: boolean;
  onChange: (chosen: T[]) => void;
};

/** A filter of a list: a button that tells how many values are chosen, and the values. */
export function FilterMenu<T extends string>({ label, options, chosen, single = false, onChange }: Props<T>) {
  const toggle = (value: T) => {
    if (chosen.includes(value)) onChange(chosen.filter((v) => v !== value));
    else onChange(single ? [value] : [...chosen, value]);
  };
  return (
    <Menu closeOnItemClick={single} position="bottom-start" withinPortal>
      <Menu.Target>
        <Button
          size="xs"
          variant={chosen.length > 0 ? "light" : "default"}
          rightSection={<IconChevronDown size={14} aria-hidden />}
        >
          {chosen.length > 0 ? `${label} (${chosen.length})` : label}
        </Button>
      </Menu.Target>
      <Menu.Dropdown className={classes.list}>
        {options.map(({ value, label: word }) => (
          <Menu.Item
            key={value}
            role={single ? "menuitemradio" : "menuitemcheckbox"}
            aria-checked={chosen.includes(value)}
            leftSection={<IconCheck size={14} aria-hidden className={classes.tick} data-on={chosen.includes(value)} />}
            onClick={() => toggle(value)}
          >
            {word}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
