import { Button, Text } from "@mantine/core";
import { IconUpload } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useTray } from "./tray";
import classes from "./DropZone.module.css";

/** Takes files for a trade pack: chosen, or dropped anywhere on the screen. */
export function DropZone({ pack }: { pack: string }) {
  const { t } = useTranslation();
  const { add } = useTray();
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);

  useEffect(() => {
    const carriesFiles = (e: DragEvent) => e.dataTransfer?.types.includes("Files") ?? false;
    const hover = (e: DragEvent) => {
      if (!carriesFiles(e)) return;
      e.preventDefault();
      setOver(true);
    };
    const leave = (e: DragEvent) => {
      if (e.relatedTarget === null) setOver(false);
    };
    const drop = (e: DragEvent) => {
      if (!carriesFiles(e)) return;
      e.preventDefault();
      setOver(false);
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
  }, [add, pack]);

  return (
    <div className={classes.zone} data-over={over || undefined}>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        data-testid="files"
        onChange={(e) => {
          add(pack, [...(e.currentTarget.files ?? [])]);
          e.currentTarget.value = ""; // the same file may be chosen again
        }}
      />
      <Button variant="default" leftSection={<IconUpload size={16} />} onClick={() => input.current?.click()}>
        {t("upload.choose")}
      </Button>
      <Text size="sm">{t("upload.drop")}</Text>
      <Text size="xs" c="dimmed">
        {t("upload.formats")}
      </Text>
    </div>
  );
}
