import { Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "./List.module.css";

type Props = { title: string; text?: string; children?: ReactNode };

/** What stands where a list has nothing to show: what would be here, and what to do. */
export function Empty({ title, text, children }: Props) {
  return (
    <div className={classes.empty}>
      <Title order={2}>{title}</Title>
      {text && <Text c="dimmed">{text}</Text>}
      {children}
    </div>
  );
}
