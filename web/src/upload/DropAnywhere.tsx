import { Button, Text } from "@mantine/core";
import { IconUpload } from "@tabler/icons-react";
import { useSuspenseQuery } from "@tanstack/react-query";
import { useMatch } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Actor } from "../api/client";
import { me } from "../api/queries";
import { useTray } from "./tray";
import classes from "./DropAnywhere.module.css";

/** Who brings papers, and has a trade to bring them for. */
export function brings(actor: Actor): boolean {
  const readers = ["auditor", "regulator", "operator", "bank"];
  return !readers.includes(actor.kind) && (actor.roles.includes("maker") || actor.roles.includes("operator"));
}

/** The pack on the screen, which takes what is dropped there; elsewhere the papers say where they belong. */
function useOpenPack(): string {
  const match = useMatch({ from: "/inside/packs/$id", shouldThrow: false });
  return match?.params.id ?? "";
}

/** Files may be dropped on every screen. */
export function DropAnywhere() {
  const { t } = useTranslation();
  const { data: actor } = useSuspenseQuery(me);
  const { add } = useTray();
  const pack = useOpenPack();
  const [over, setOver] = useState(false);
  const may = brings(actor);

  useEffect(() => {
    if (!may) return;
    const carriesFiles = (e: DragEvent) => e.dataTransfer?.types.includes("Files") ?? false;
    const hover = (e: DragEvent) => {
      if (!carriesFiles(e) || e.defaultPrevented) return;
      e.preventDefault();
      setOver(true);
    };
    const leave = (e: DragEvent) => {
      if (e.relatedTarget === null) setOver(false);
    };
    const drop = (e: DragEvent) => {
      setOver(false);
      // A screen may take a drop for itself, as the one that only looks at a file does.
      if (!carriesFiles(e) || e.defaultPrevented) return;
      e.preventDefault();
      add(pack, [...(e.dataTransfer?.files ?? [])]);
    };
    window.addEventListener("dragover", hover);
    window.addEventListener("dragleave", leave);
    window.addEventListener("drop", drop);
    return () => {
      window.removeEventListener("dragover", hover);
      window.removeEventListener("dragleave", leave);
      window.removeEventListener("drop", drop);
    };
  }, [add, pack, may]);

  if (!over) return null;
  return (
    <div className={classes.over} aria-hidden>
      <Text fw={600}>{t(pack ? "upload.dropHere" : "upload.dropAnywhere")}</Text>
    </div>
  );
}

/** Upload, from every screen. */
export function UploadButton() {
  const { t } = useTranslation();
  const { data: actor } = useSuspenseQuery(me);
  const { add } = useTray();
  const pack = useOpenPack();
  const input = useRef<HTMLInputElement>(null);
  if (!brings(actor)) return null;
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        data-testid="upload"
        onChange={(e) => {
          add(pack, [...(e.currentTarget.files ?? [])]);
          e.currentTarget.value = ""; // the same file may be chosen again
        }}
      />
      <Button
        size="compact-sm"
        className={classes.button}
        onClick={() => input.current?.click()}
      >
        <IconUpload size={16} aria-hidden />
        <span className={classes.word}>{t("upload.upload")}</span>
      </Button>
    </>
  );
}
