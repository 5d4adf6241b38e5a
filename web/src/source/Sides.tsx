import { Button, Group } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { PaperDocument } from "../api/client";
import { Reading, readable } from "./Reading";
import classes from "./Original.module.css";

type Side = "read" | "original";

type Props = {
  paper: PaperDocument | undefined;
  label: string;
  /** What is shown before anybody chose: the original where there is something to see in it. */
  first: Side;
  /** The place that is asked for, if any: it is in the original. */
  chosen: number | undefined;
  children: ReactNode;
};

/** A paper for programs in two ways: laid out as it was read, and the original. What is chosen by
 * hand holds until another place is asked for. */
export function Sides({ paper, label, first, chosen, children }: Props) {
  const { t } = useTranslation();
  const [turned, setTurned] = useState<{ by: number | undefined; to: Side }>({ by: undefined, to: first });
  if (!paper || !readable(paper)) return children;
  const side = turned.by === chosen ? turned.to : "original";
  return (
    <div className={classes.pdf}>
      <Group gap={4} p={4} className={classes.parts} role="group" aria-label={t("document.sides")}>
        {(["read", "original"] as const).map((s) => (
          <Button
            key={s}
            size="compact-xs"
            variant={s === side ? "filled" : "default"}
            aria-pressed={s === side}
            onClick={() => setTurned({ by: chosen, to: s })}
          >
            {t(s === "read" ? "document.asRead" : "document.source")}
          </Button>
        ))}
      </Group>
      <div className={classes.view}>{side === "read" ? <Reading paper={paper} label={label} /> : children}</div>
    </div>
  );
}
