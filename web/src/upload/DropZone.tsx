import { Button, Text } from "@mantine/core";
import { IconUpload } from "@tabler/icons-react";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { useTray } from "./tray";
import classes from "./DropZone.module.css";

/** Takes files for a trade pack, or for one that they name themselves; primary where that is what the screen is for. */
export function DropZone({ pack, primary = false }: { pack: string; primary?: boolean }) {
  const { t } = useTranslation();
  const { add } = useTray();
  const input = useRef<HTMLInputElement>(null);
  return (
    <div className={classes.zone}>
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
      <Button variant={primary ? "filled" : "default"} leftSection={<IconUpload size={16} />} onClick={() => input.current?.click()}>
        {t("upload.choose")}
      </Button>
      <Text size="sm" className={classes.drop}>{t("upload.drop")}</Text>
      <Text size="xs" c="dimmed">
        {t("upload.formats")}
      </Text>
    </div>
  );
}
