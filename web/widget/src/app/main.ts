import "../../../tokens.css";
import "./style/base.css";
import "./style/panel.css";
import "./style/form.css";
import "./style/log.css";
import "./style/composer.css";
import "./style/bubble.css";
import { App } from "./app.ts";

new App().run();
