"""Every sentence and word that people read, in English and in Chinese, by its key. Placeholders are names in
braces; `:r` puts what a document prints in quotation marks, `:label` says a key of the form by its label.
"""

CATALOGUE: dict[str, tuple[str, str]] = {
    # What a table's status means.
    "status.validated": ("validated", "核对无误"),
    "status.inconsistent": ("inconsistent", "数据矛盾"),
    "status.incomplete": ("incomplete", "填写不全"),
    "status.uncertain": ("uncertain", "读取存疑"),
    "status.absent": ("absent", "没有此表"),
    "meaning.validated": ("every sum holds", "各项勾稽关系均成立"),
    "meaning.inconsistent": ("the printed figures contradict each other", "表内所印数字相互矛盾"),
    "meaning.incomplete": (
        "nothing contradicts, but blank cells leave sums undecided",
        "没有矛盾，但有空格，部分合计无法判断",
    ),
    "meaning.uncertain": (
        "what the figures are, or where they belong, is not sure; none is published",
        "不能确定是哪些数字，或属于哪一格；一个也不采用",
    ),
    "meaning.absent": ("the document has no such table", "文档中没有这张表"),
    # The lines of `ogi check`.
    "check.not_read": ("not read", "未能读取"),
    "check.no_title": ("no title found", "未找到标题"),
    "check.issuer": ("issuer {issuer}", "编制机关：{issuer}"),
    "check.no_issuer": ("issuer not found", "未找到编制机关"),
    "check.year": ("report year {year}", "报告年度：{year}"),
    "check.no_year": ("report year not found", "未找到报告年度"),
    "check.published": ("published {date}", "发布日期：{date}"),
    "check.no_date": ("published not found", "未找到发布日期"),
    "check.in_doubt": ("in doubt - {doubt}", "存疑：{doubt}"),
    "check.no_heading": ("no heading found for section {numbers}", "未找到第{numbers}部分的标题"),
    "check.form_of": ("form of {edition}", "{edition}年版式"),
    "check.implied": (
        "{count} of its {all} figures are not printed: the sums imply them",
        "{all}个数字中有{count}个没有印出，由勾稽关系推得",
    ),
    "check.blank_rows": ("wholly blank: {rows:;}", "整行空白：{rows:;}"),
    "check.added_counted": (
        "added by the organ, counted in the sums: {label} {figures}",
        "编制机关自行增加，计入合计：{label} {figures}",
    ),
    "check.added": (
        "added by the organ, not in the sums: {label} {figures}",
        "编制机关自行增加，不计入合计：{label} {figures}",
    ),
    "check.not_determined": (
        "which figures are wrong was not determined: too many for the time that a table is given",
        "无法判定哪些数字有误：错误过多，超出一张表的计算限度",
    ),
    "check.suspect": (
        "likely wrong: {row}, {column} prints {printed}; every sum would hold with {value}{slip}",
        "可能有误：{row}，{column}印作 {printed}；若为 {value}，各项勾稽关系均成立{slip}",
    ),
    "check.slip": (" ({slip})", "（{slip}）"),
    "check.changed": (
        "every sum would hold with {count:figure} changed:",
        "改动{count}个数字，各项勾稽关系即可成立：",
    ),
    "check.changed_ways": (
        "every sum would hold with {count:figure} changed, in more ways than one:",
        "改动{count}个数字，各项勾稽关系即可成立，改法不止一种：",
    ),
    "check.either": ("either {change}", "或者：{change}"),
    "check.or": ("or {change}", "或者：{change}"),
    "check.other_ways": (
        "or in one of {count} other ways, which --format json lists",
        "另有{count}种改法，见 --format json",
    ),
    "check.more_ways": (
        "or in one of {count} or more other ways, which --format json lists",
        "另有至少{count}种改法，见 --format json",
    ),
    "check.needed": (
        "{row}, {column} prints {printed} and would have to be {value}{slip}",
        "{row}，{column}印作 {printed}，应为 {value}{slip}",
    ),
    "check.changes": ("{changes:and}", "{changes:and}"),
    "check.another_figure": ("another figure", "另一个数字"),
    "check.table": ("{title}{named}: ", "{title}{named}："),
    "check.named": (" ({names})", "（{names}）"),
    "check.line": ("line {line}", "第{line}行"),
    "check.line_page": ("line {line}, page {page}", "第{page}页，第{line}行"),
    "check.contradiction": ("contradiction", "文表不符"),
    "check.contradicts": (
        "the text says {value} ({where}: …{words}…), the table prints {printed} ({place})",
        "正文写 {value}（{where}：…{words}…），表格印作 {printed}（{place}）",
    ),
    "check.witness": (
        "the text says {value} too, for the figure likely wrong: …{words}…",
        "正文也写作 {value}，与可能有误的数字对应：…{words}…",
    ),
    "check.claims": (
        "figures in the text: {agree} agree with the tables, {contradict} contradict, {rest} not comparable",
        "正文中的数字：与表格一致 {agree} 处，不符 {contradict} 处，无法比较 {rest} 处",
    ),
    # Sums that are broken or undecided. An addend is a label with its figure.
    "sum.addend": ("{label} {value}", "{label} {value}"),
    "sum.blank": ("{label} ?", "{label} 空白"),
    "sum.addends": ("{addends:+}", "{addends:+}"),
    "sum.total": ("{addends} = {total}", "{addends}，合计 {total}"),
    "sum.noughts": ("every addend 0", "各项均为 0"),
    "sum.broken": ("{table} {where}: {left}; but {right}", "{table} {where}：{left}；但 {right}"),
    "sum.undecided": (
        "{table} {where}: {left}; {right} (blank cells leave it undecided)",
        "{table} {where}：{left}；{right}（有空格，无法判断）",
    ),
    "cell.place": ("{table} {row} {column}", "{table} {row} {column}"),
    "cell.not_count": (
        "{place}: {value} is not a whole number of zero or more",
        "{place}：{value} 不是非负整数",
    ),
    "cell.not_signed": ("{place}: {value} is not a whole number", "{place}：{value} 不是整数"),
    "cell.not_decimal": (
        "{place}: {value} is not an amount of zero or more",
        "{place}：{value} 不是非负金额",
    ),
    "cell.open": (
        "{place}: no figure is printed, and no identity says what it would be",
        "{place}：没有印出数字，也没有勾稽关系可推得",
    ),
    # The rules across years.
    "years.why.no_year": ("this report does not say its year", "本报告没有写明年度"),
    "years.why.no_last": ("there is no report of this organ for {last}", "没有该机关 {last} 年的报告"),
    "years.not_read": ("last year's report could not be read: {why}", "上年报告未能读取：{why}"),
    "years.other_organ": (
        "that report is of another organ: {organ}, this one of {own}",
        "该报告属于另一机关：{organ}；本报告属于{own}",
    ),
    "years.other_year": (
        "that report is for {year}, and the year before this one is {last}",
        "该报告的年度为 {year}，而本报告的上一年度是 {last}",
    ),
    "years.why.several": (
        "several reports of this organ count for {last}, and their figures differ here",
        "该机关 {last} 年有不止一份有效报告，此处数字不同",
    ),
    "years.why.other_scope": (
        "of this report and that for {last}, one speaks for the organ itself, the other for a whole area",
        "本年与 {last} 年的报告，一份只报本机关，另一份报整个地区",
    ),
    "years.why.table": (
        "the table of this report was not read without doubt",
        "本报告的这张表没有或读取存疑",
    ),
    "years.why.last_table": (
        "the table of the report for {last} was not read without doubt",
        "{last} 年报告的这张表没有或读取存疑",
    ),
    "years.why.other_edition": (
        "the report for {last} is on another edition of the form, which has no such figure",
        "{last} 年报告用的是另一版式，没有这一数字",
    ),
    "years.why.blank": ("this report prints no figure for it", "本报告此处没有数字"),
    "years.why.last_blank": ("the report for {last} prints no figure for it", "{last} 年报告此处没有数字"),
    "years.place": ("{table} {row} {column}", "{table} {row} {column}"),
    "years.broken": (
        "{place}: prints {reported}, but by the report for {last} it would be {expected}",
        "{place}：印作 {reported}，按 {last} 年报告应为 {expected}",
    ),
    "years.undecided": ("{place}: {why}", "{place}：{why}"),
    "years.correction": (
        "it holds with the corrected figures of the report for {year}",
        "按 {year} 年报告更正后的数字则成立",
    ),
    "years.version": (
        "it holds with another version of the report for {last}: {source}",
        "按 {last} 年报告的另一版本则成立：{source}",
    ),
    "years.against": ("against the report for {last}, {source}: ", "与 {last} 年报告（{source}）对照："),
    "years.counts": (
        "{holds} figures follow from it, {broken} do not, {undecided} undecided",
        "衔接 {holds} 处，不衔接 {broken} 处，无法判断 {undecided} 处",
    ),
    "years.rule": ("- {rule}: ", "- {rule}："),
    "years.none": ("nothing to compare: {why}", "无法对照：{why}"),
    # Slips of the pen.
    "exchanged with the neighbouring column": (
        "exchanged with the neighbouring column",
        "与相邻一列的数字填反",
    ),
    "exchanged with the neighbouring row": ("exchanged with the neighbouring row", "与相邻一行的数字填反"),
    "the sign is wrong": ("the sign is wrong", "正负号有误"),
    "a thousands separator taken for a decimal point": (
        "a thousands separator taken for a decimal point",
        "千分位逗号误作小数点",
    ),
    "a total left at zero": ("a total left at zero", "总计误留为 0"),
    "two digits swapped": ("two digits swapped", "两位数字颠倒"),
    "a digit doubled": ("a digit doubled", "多打了一位数字"),
    "a digit dropped": ("a digit dropped", "漏打了一位数字"),
    "the figure of the neighbouring column": (
        "the figure of the neighbouring column",
        "误填了相邻一列的数字",
    ),
    "the figure of the neighbouring row": ("the figure of the neighbouring row", "误填了相邻一行的数字"),
    # What is not sure of a table: its doubts.
    "doubt.leftover": (
        "{text:r} stands in the table, and is neither label nor figure of the form",
        "表内印有{text:r}，既不是表格的项目名称，也不是数字",
    ),
    "doubt.edition": ("the labels do not tell the edition of the form", "从项目名称看不出是哪一年版式的表"),
    "doubt.unit_of_table": (
        "the table gives a unit as {unit}, the form as {units}",
        "表内单位为“{unit}”，规定的单位为“{units}”",
    ),
    "doubt.period": (
        "a header speaks of another period than the form: {words:r}",
        "表头所说的期间与规定的不同：{words:r}",
    ),
    "doubt.farther": (
        "the figure {figure} stands farther from {label:r} than the others",
        "数字 {figure} 与{label:r}的距离大于其他各行",
    ),
    "doubt.other_line": (
        "the figure {figure} does not stand on the line of {label:r}, as the others do",
        "数字 {figure} 与{label:r}不在同一行，而其他各行都在同一行",
    ),
    "doubt.other_order": (
        "the header prints the columns in an order that cannot be told for each figure",
        "表头各列的次序与规定不同，无法确定每个数字属于哪一列",
    ),
    "doubt.row_not_found": ("the row {label} ({row}) was not found", "没有找到“{label}”一行"),
    "doubt.row_needed": (
        "the row {label} ({row}) was not found, and the sums need its figures",
        "没有找到“{label}”一行，而合计中应有它的数字",
    ),
    "doubt.no_total": (
        "the total of row {row} is not there: a figure may be lost",
        "“{row:label}”一行没有总计：可能丢失了数字",
    ),
    "doubt.words_between": (
        "words of the header stand between the figures: in which order was the text extracted?",
        "数字之间夹有表头的文字：提取文本的次序可能有误",
    ),
    "doubt.last_blank": (
        "the last cell is blank: a figure may be lost, and the others have moved up",
        "最后一格为空白：可能丢失了一个数字，其余数字前移",
    ),
    "doubt.column_named": (
        "the column {column:r} is named before a figure of row {row}",
        "“{row:label}”一行的数字之前印有另一列的名称{column:r}",
    ),
    "doubt.run_together": (
        "row {row} lacks figures, and its sums hold, too, if two of them run together: which is right?",
        "“{row:label}”一行缺少数字；若其中两个数字连在了一起，合计也成立：请核对",
    ),
    "doubt.figures": (
        "row {row}: {figures} figures for {columns} columns",
        "“{row:label}”一行：{columns}列中有{figures}个数字",
    ),
    "doubt.which_blank": (
        "row {row}: {figures} figures for {columns} columns, and which are blank is not clear",
        "“{row:label}”一行：{columns}列中有{figures}个数字，哪几格空白不能确定",
    ),
    "doubt.page_amid_words": (
        "what looks like a page number amid the words may be the figures that a row lacks",
        "文字之间像页码的数字，可能正是某一行缺少的数字",
    ),
    "doubt.torn_row": (
        "row {row} prints {text:r}, and lacks a figure: one figure or two?",
        "“{row:label}”一行印有{text:r}，又缺少数字：是一个数字还是两个？",
    ),
    "doubt.torn_cell": (
        "{cell} prints {text:r}: one figure or two?",
        "{cell:label}印作{text:r}：是一个数字还是两个？",
    ),
    "doubt.repeats_less": (
        "row {row} repeats its figures less often than the like rows: two of them may have run together",
        "“{row:label}”一行数字重复的次数少于同类各行：可能有两个数字连在了一起",
    ),
    "doubt.blanks_open": (
        "blank cells leave open in which columns some figures stand, and as read the sums do not hold",
        "有空格，部分数字属于哪一列不能确定，照现在的读法合计不成立",
    ),
    "doubt.label_alike": (
        "the label {label:r} could be that of {row} or of another row",
        "项目名称{label:r}可能是“{row:label}”，也可能是另一行",
    ),
    "doubt.printed_twice": (
        "the table is printed more than once, with different figures",
        "同一张表印了不止一次，数字不同",
    ),
    "doubt.labels_run_together": (
        "the labels of the table run together with its figures: extract the text anew",
        "表格的项目名称与数字连在一起：请重新提取文本",
    ),
    "doubt.could_be_page": (
        "the figure {figure} could be the number of a page: it stands alone on its line",
        "数字 {figure} 单独占一行，可能是页码",
    ),
    "doubt.no_figure": (
        "the labels are there but no figure: the extraction may have lost them",
        "有项目名称而没有数字：提取文本时可能丢失",
    ),
    "doubt.added_unclear": (
        "whether the sums count the added row {label:r} is not clear",
        "不能确定合计是否计入增加的{label:r}",
    ),
    "doubt.sums_and": ("the sums do not hold, and {why}", "合计不成立，且{why}"),
    "doubt.sums_need": (
        "{cell} prints {text:r}, where the sums need a figure",
        "{cell:label}印作{text:r}，而按合计此处应有数字",
    ),
    "doubt.no_plain_figure": (
        "{cell} prints {text:r}, which is no plain figure",
        "{cell:label}印作{text:r}，不是单纯的数字",
    ),
    "doubt.unit_of_cell": (
        "{cell} prints {text} {unit}, the form asks for {asked}",
        "{cell:label}印作 {text} {unit}，规定的单位为“{asked}”",
    ),
    "why.reordered": (
        "the header prints the columns in another order than the form",
        "表头各列的次序与规定不同",
    ),
    "why.added": (
        "the organ added the row {label:r}, which the form does not have",
        "表中增加了规定所没有的一行{label:r}",
    ),
    "why.added_column": (
        "the organ added the column {label:r}, which the form does not have",
        "表中增加了规定所没有的一列{label:r}",
    ),
    "why.note": ("{figure} bears the mark of a note", "数字 {figure} 带有注释标记"),
    "why.loose": (
        "the figure {figure} stands without words in the table or behind it",
        "表内或表后有一个没有文字说明的数字 {figure}",
    ),
    "absent.heading_alone": (
        "the heading {heading:r} is there, but no row of the table below it",
        "有标题{heading:r}，其下没有表格的任何一行",
    ),
    # What is not sure of the report: title, organ, year, date.
    "doubt.organs": (
        "organ: the {what} names {organ}, but the {other} {name}: see which organ reports",
        "编制机关：{what}写作{organ}，{other}写作{name}：请核对是哪个机关的报告",
    ),
    "doubt.organ_weak": (
        "organ: only the {what} names {organ}: see whether this organ reports",
        "编制机关：只有{what}提到{organ}：请核对是否为该机关的报告",
    ),
    "witness.title": ("title", "标题"),
    "witness.signature": ("signature", "落款"),
    "witness.opening": ("opening", "开头"),
    "witness.head of the page": ("head of the page", "页眉"),
    "witness.markup of the page": ("markup of the page", "网页标记"),
    "witness.text": ("text", "正文"),
    "witness.contact": ("contact", "联系方式"),
    "doubt.dates": (
        "date: the page gives {made}, the signature {signed}: see when the report was published",
        "日期：页面写作 {made}，落款写作 {signed}：请核对何时发布",
    ),
    "doubt.year": ("year: {told}: see which year is reported on", "年度：{told}：请核对是哪一年的报告"),
    "year.title": ("the title says {year}", "标题写作 {year}"),
    "year.opening": ("the opening {year}", "开头写作 {year}"),
    "year.period": ("the reporting period {years}", "报告期间为 {years}"),
    "year.text": ("the text speaks most of {year}", "正文多说 {year}"),
    "year.published": ("published {date}", "发布于 {date}"),
    "doubt.titles": (
        "title: the page prints {one} and {other}: see which report this is",
        "标题：页面印有{one}与{other}：请核对是哪一份报告",
    ),
    "doubt.markup_title": (
        "title: the page prints {one}, its markup has {other}: see which report this is",
        "标题：页面印作{one}，网页标记写作{other}：请核对是哪一份报告",
    ),
    "doubt.several_reports": (
        "title: the document holds {count} reports ({titles:;}): file each as a document of its own",
        "标题：文档中有{count}份报告（{titles:;}）：请分成单独的文档",
    ),
    "report.untitled": ("one without a title", "一份没有标题"),
    "note.unknown_year": (
        "the document does not say which year it reports on: taken for {year}, the folder it was filed under",
        "文档没有写明报告年度：按存放的文件夹计为 {year} 年",
    ),
    # Why a document is refused: what is wrong, and what to do.
    "refused.form_of_2014": (
        "the report is on the form of 2014-2018 (政府信息公开情况统计表), which is not read yet: keep it for a "
        "later version",
        "报告用的是2014—2018年的《政府信息公开情况统计表》，目前还不能读取：请留待以后的版本",
    ),
    "refused.title_alone": (
        "the document bears the title of a report, but has none of its six sections and three tables: fetch "
        "the whole document again",
        "文档有年度报告的标题，但没有六个部分，也没有三张表：请重新获取完整的文档",
    ),
    "refused.no_report": (
        "the document is no 政府信息公开工作年度报告: it has neither the sections nor the tables of one; check "
        "what was filed",
        "文档不是政府信息公开工作年度报告：既没有规定的各部分，也没有规定的表格；请检查文档",
    ),
    "refused.other_year": (
        "the document reports on {said} but was filed under {folder}: move it to the folder {said}, or, if "
        "it is last year's text under a new title, fetch the right one",
        "文档报告的是 {said} 年，却存放在 {folder} 年：请移到文件夹 {said}；如果是旧文换了新标题，请获取正确的文档",
    ),
    # The page of a report.
    "verdict.sound": ("ready to publish", "可以发布"),
    "verdict.look": ("needs a look", "须核对"),
    "verdict.undecided": ("cannot be decided", "无法判断"),
    "verdict.unreadable": ("not read", "未能读取"),
    "page.sound": ("Ready to publish", "可以发布"),
    "page.look": ("{count:point} to check", "有 {count} 处须核对"),
    "page.undecided": ("Cannot be decided: {count:point} left open", "无法判断：有 {count} 处未能确定"),
    "page.unreadable": ("Not read", "未能读取"),
    "todo.sound": (
        "All three tables were read without doubt, every sum holds, and no sentence contradicts them.",
        "三张表均已读取无疑义，各项勾稽关系成立，正文与表格没有矛盾。",
    ),
    "todo.look": (
        "Look at each of these places in the report, correct what is wrong, and check it again.",
        "请在报告中逐处核对，改正有误之处，然后再检查一次。",
    ),
    "todo.undecided": (
        "Nothing is known to be wrong, but not everything could be read or is printed. Look at these places; "
        "if a table is lost or torn, save the report as DOCX or as a web page and check it again.",
        "没有发现错误，但有的内容未能读取或没有印出。请查看下列各处；如果表格丢失或残缺，请把报告另存为 DOCX 或网页后再检查一次。",
    ),
    "todo.unreadable": ("Nothing of this document was judged.", "这份文档未作任何判断。"),
    "page.skip": ("To the tables", "跳到表格"),
    "page.document": ("The document", "原文"),
    "page.tables": ("The three tables", "三张表"),
    "page.page": ("page {number}", "第 {number} 页"),
    "page.cut": ("{count} more characters are not shown", "另有 {count} 个字符未显示"),
    "page.pages_left": (
        "{count} more pages, without figures, are not shown",
        "另有 {count} 页没有数字，未显示",
    ),
    "page.should_be": ("should be {value}", "应为 {value}"),
    "page.contradiction": ("contradiction: {said}", "文表不符：{said}"),
    "page.of_table": ("{table} ({status}): {reason}", "{table}（{status}）：{reason}"),
    "page.more_reasons": ("{count} more, listed at the table", "另有 {count} 处，见表格"),
    "legend.read": ("a figure of a table; it leads to its place", "表中的数字，点击可到对应之处"),
    "legend.implied": ("not printed; the sums imply it", "没有印出，由勾稽关系推得"),
    "legend.broken": ("stands in a sum that does not hold", "所在的合计不成立"),
    "legend.suspect": ("likely wrong", "可能有误"),
    "legend.doubtful": ("read with doubt; not used", "读取存疑，不予采用"),
    "legend.agrees": ("a figure of the text that agrees with the tables", "正文中与表格一致的数字"),
    "legend.contradicts": ("a figure of the text that contradicts a table", "正文中与表格不符的数字"),
    "legend.told": ("a figure of the text that cannot be compared", "正文中无法与表格比较的数字"),
    # Lists of results.
    "results.source": ("file", "文件"),
    "results.verdict": ("verdict", "结论"),
    "results.title": ("title", "标题"),
    "results.issuer": ("issuer", "编制机关"),
    "results.year": ("report year", "报告年度"),
    "results.published": ("published", "发布日期"),
    "results.points": ("to check", "须核对之处"),
    "results.sheet": ("results", "检查结果"),
    "results.count": ("{verdict}: {count}", "{verdict}：{count} 份"),
    "results.documents": ("{count} documents:", "共 {count} 份文档："),
    "results.more": ("and {count} more", "另有 {count} 处"),
    # The local page.
    "serve.title": (
        "Check annual reports on government information disclosure",
        "检查政府信息公开工作年度报告",
    ),
    "serve.about": (
        "Do the sums hold, does the text agree with the tables, which cell is likely wrong? Reports as Word "
        "documents (.docx), PDF with text, web pages or plain text.",
        "合计是否成立、正文与表格是否一致、哪一格可能有误？可以检查 DOCX 文档、含文字的 PDF、网页和纯文本。",
    ),
    "serve.choose": ("Drop reports here, or choose them", "把报告拖到这里，或者选择文件"),
    "serve.check": ("Check", "检查"),
    "serve.xlsx": ("Results as Excel", "结果存为 Excel"),
    "serve.csv": ("Results as CSV", "结果存为 CSV"),
    "serve.zip": ("All pages as ZIP", "全部页面存为 ZIP"),
    "serve.progress": ("checked", "已检查"),
    "serve.open": ("open the page", "查看详情"),
    "serve.failed": ("not checked:", "未能检查："),
    "serve.kept": (
        "The reports stay on this machine, and nothing of them is kept after the answer.",
        "报告不会离开运行本程序的计算机，检查后不留存任何内容。",
    ),
    "serve.in_en": ("in English", "English"),
    "serve.in_zh": ("中文", "中文"),
    "serve.no_files": ("no file was sent: choose one", "没有收到文件：请选择文件"),
    "serve.too_large": ("more than {most} MB at once: send fewer files", "一次超过 {most} MB：请减少文件"),
    "serve.started": (
        "Open {address} in a browser; Ctrl+C ends it.",
        "请用浏览器打开 {address} ；按 Ctrl+C 结束。",
    ),
    "serve.shared": (
        "Others on the network can reach it: put a web server with TLS and a login before it.",
        "网络上的其他人也能访问：请在前面设置带有 TLS 和登录的网页服务器。",
    ),
    "check.internal": (
        "internal error, please report it with this document: {error}",
        "程序内部错误，请连同这份文档一并反馈：{error}",
    ),
    "refused.too_long": (
        "the file takes more than {seconds} seconds to judge, as no report does: save the report anew",
        "判读这份文件超过 {seconds} 秒，正常的报告不会如此：请把报告另存一次",
    ),
    "refused.ended_its_process": (
        "the file takes more memory to judge than any report, or trips the program: save the report anew",
        "判读这份文件所需的内存超过任何报告，或使程序中断：请把报告另存一次",
    ),
    # Documents that cannot be read.
    "refused.empty": ("the file is empty: fetch the document again", "文件是空的：请重新获取文档"),
    "refused.white_space": (
        "the file holds nothing but white space: fetch the document again",
        "文件中只有空白：请重新获取文档",
    ),
    "refused.control": (
        "the file is no text (too many control characters): save the document as plain text",
        "文件不是文本（控制字符过多）：请把文档另存为纯文本",
    ),
    "refused.characters": (
        "the file has {count:,} characters, more than any report ({most:,}): file each report as a "
        "document of its own",
        "文件有 {count:,} 个字符，超过任何报告（{most:,}）：请把每份报告分成单独的文档",
    ),
    "refused.encoding": (
        "the file is no text in UTF-8, UTF-16, GB18030 or Big5: save the document as UTF-8 text",
        "文件不是 UTF-8、UTF-16、GB18030 或 Big5 编码的文本：请把文档另存为 UTF-8 文本",
    ),
    "refused.copy": (
        "same content as {source}: nothing to do, or remove one of the two",
        "与 {source} 内容相同：无须处理，或删去其中一份",
    ),
    "refused.not_opened": (
        "the file cannot be read ({error}): check the file and run again",
        "文件无法读取（{error}）：请检查文件后重新运行",
    ),
    "refused.changed": (
        "the file changed while it was being read: run again",
        "读取过程中文件发生了变化：请重新运行",
    ),
    "refused.pdf_password": (
        "the file is a PDF that opens with a password only: save it without one",
        "文件是加了密码的 PDF：请去掉密码后另存",
    ),
    "refused.pdf_encrypted": (
        "the file is a PDF encrypted in a way that is not known: print it to a new PDF",
        "文件是以未知方式加密的 PDF：请打印成新的 PDF",
    ),
    "refused.pdf_damaged": (
        "the file is a damaged PDF, or only a part of one: fetch it again",
        "文件是损坏或不完整的 PDF：请重新获取",
    ),
    "refused.pdf_no_pages": (
        "the file is a PDF without pages: fetch it again",
        "文件是没有页面的 PDF：请重新获取",
    ),
    "refused.pages": (
        "the file has {count:,} pages, more than any report ({most}): file each report as a document of "
        "its own",
        "文件有 {count:,} 页，超过任何报告（{most} 页）：请把每份报告分成单独的文档",
    ),
    "refused.more_characters": (
        "the file has more characters than any report ({most:,}): file each report as a document of its own",
        "文件的字符超过任何报告（{most:,}）：请把每份报告分成单独的文档",
    ),
    "refused.pdf_no_page": (
        "the file is a damaged PDF, none of its pages can be read: fetch it again",
        "文件是损坏的 PDF，没有一页可以读取：请重新获取",
    ),
    "refused.pdf_pictures": (
        "the file is a PDF of pictures without text: have its text recognised first (OCR), then check "
        "the figures by eye",
        "文件是只有图片、没有文字的 PDF：请先识别其中的文字（OCR），再用眼睛核对数字",
    ),
    "refused.pdf_shapes": (
        "the file is a PDF whose letters are drawn as shapes, without text: have its text recognised "
        "first (OCR), then check the figures by eye",
        "文件是把文字画成图形、没有文字的 PDF：请先识别其中的文字（OCR），再用眼睛核对数字",
    ),
    "refused.pdf_empty": (
        "the file is a PDF of empty pages: fetch it again",
        "文件是只有空白页的 PDF：请重新获取",
    ),
    "refused.pdf_things": (
        "page {page} of the file draws more than {most:,} things: print the document to a new PDF",
        "文件第 {page} 页的图形超过 {most:,} 个：请打印成新的 PDF",
    ),
    "refused.pdf_characters": (
        "page {page} of the file has {count:,} characters: print the document to a new PDF",
        "文件第 {page} 页有 {count:,} 个字符：请打印成新的 PDF",
    ),
    "refused.html_tables": (
        "the file is a web page that nests more than {most} tables: save the document as plain text",
        "文件是表格嵌套超过 {most} 层的网页：请把文档另存为纯文本",
    ),
    "refused.html_encoding": (
        "the file is a web page in no known encoding, neither UTF-8, UTF-16, GB18030 nor Big5: save the "
        "page again from a browser as UTF-8",
        "文件是编码不明的网页，不是 UTF-8、UTF-16、GB18030 或 Big5：请在浏览器中以 UTF-8 重新保存网页",
    ),
    "refused.html_references": (
        "the file is a web page of {count:,} references to characters: save the page of the report alone",
        "文件是有 {count:,} 个字符引用的网页：请只保存报告的网页",
    ),
    "refused.html_options": (
        "the file is a web page of {count:,} options of fields: save the page of the report alone",
        "文件是有 {count:,} 个下拉选项的网页：请只保存报告的网页",
    ),
    "refused.written_out": (
        "the file has more than {most:,} characters once its ligatures are written out, more than any "
        "report: file each report as a document of its own",
        "文件展开合字后超过 {most:,} 个字符，超过任何报告：请把每份报告分成单独的文档",
    ),
    "refused.html_tags": (
        "the file is a web page of {count:,} tags: save the page of the report alone",
        "文件是有 {count:,} 个标签的网页：请只保存报告的网页",
    ),
    "refused.html_attributes": (
        "the file is a web page with {count:,} attributes in one tag: save the page of the report alone",
        "文件是一个标签有 {count:,} 个属性的网页：请只保存报告的网页",
    ),
    "refused.html_cells": (
        "the file is a web page of {count:,} table cells, more than any report: save the page of the "
        "report alone",
        "文件是有 {count:,} 个单元格的网页，超过任何报告：请只保存报告的网页",
    ),
    "refused.html_deep": (
        "the file is a web page whose elements nest more than {most:,} deep: save the document as plain text",
        "文件是元素嵌套超过 {most:,} 层的网页：请把文档另存为纯文本",
    ),
    "refused.docx_twice": (
        "the file is a damaged DOCX file, it has a part twice: open it in Word and save it again",
        "文件是损坏的 DOCX，有一个部件重复：请用 Word 打开后重新保存",
    ),
    "refused.docx_deep": (
        "the file is a DOCX file whose tables or boxes are nested too deep: open it in Word and save its "
        "text anew",
        "文件是表格或文本框嵌套过深的 DOCX：请用 Word 打开后把正文另存",
    ),
    "refused.docx_chunks": (
        "the file is a DOCX file that takes in text of other files, which is not read: open it in Word "
        "and save it anew",
        "文件是引用其他文件内容的 DOCX，不能读取：请用 Word 打开后另存",
    ),
    "refused.zip_parts": (
        "the file is a ZIP with more than {most:,} files in it: file each report as a document of its own",
        "文件是含有超过 {most:,} 个文件的 ZIP：请把每份报告分成单独的文档",
    ),
    "refused.zip_damaged": (
        "the file is a damaged or cut off DOCX (or other ZIP) file: fetch it again, or open it in Word "
        "and save it again",
        "文件是损坏或不完整的 DOCX（或其他 ZIP）：请重新获取，或用 Word 打开后重新保存",
    ),
    "refused.zip_password": (
        "the file is a ZIP that is protected by a password: save it without one",
        "文件是加了密码的 ZIP：请去掉密码后另存",
    ),
    "refused.zip_part": (
        "the file is a damaged DOCX (or other ZIP) file, its part {part} cannot be unpacked: fetch it "
        "again, or open it in Word and save it again",
        "文件是损坏的 DOCX（或其他 ZIP），其中 {part} 无法解压：请重新获取，或用 Word 打开后重新保存",
    ),
    "refused.zip_unpacks": (
        "the file unpacks to more than any report ({most:,} bytes): file each report as a document of "
        "its own",
        "文件解压后超过任何报告（{most:,} 字节）：请把每份报告分成单独的文档",
    ),
    "refused.docx_no_text": (
        "the file is a damaged DOCX file, its text is missing: fetch it again, or open it in Word and "
        "save it again",
        "文件是损坏的 DOCX，没有正文：请重新获取，或用 Word 打开后重新保存",
    ),
    "refused.zip": (
        "the file is a ZIP archive: file its documents with `ogi ingest`, which opens it",
        "文件是 ZIP 压缩包：请用 `ogi ingest` 归档其中的文档",
    ),
    "refused.docx_entities": (
        "the file is a DOCX file with XML entities in it, which no Word writes: open it in Word and save "
        "it again",
        "文件是含有 XML 实体的 DOCX，Word 不会这样写：请用 Word 打开后重新保存",
    ),
    "refused.docx_tags": (
        "the file is a DOCX file of more than {most:,} XML tags: file each report as a document of its own",
        "文件是含有超过 {most:,} 个 XML 标签的 DOCX：请把每份报告分成单独的文档",
    ),
    "refused.docx_xml": (
        "the file is a damaged DOCX file, its part {part} is no right XML: fetch it again, or open it in "
        "Word and save it again",
        "文件是损坏的 DOCX，其中 {part} 不是正确的 XML：请重新获取，或用 Word 打开后重新保存",
    ),
    "refused.other": ("the file is {what}, which is not read: {advice}", "文件是{what}，不能读取：{advice}"),
    "format.rtf": ("an RTF document", "RTF 文档"),
    "format.picture": ("a picture", "图片"),
    "format.djvu": ("a scanned document (DjVu)", "扫描文档（DjVu）"),
    "format.7z": ("an archive (7z)", "压缩包（7Z）"),
    "format.rar": ("an archive (RAR)", "压缩包（RAR）"),
    "format.gzip": ("an archive (gzip)", "压缩包（GZIP）"),
    "format.bzip2": ("an archive (bzip2)", "压缩包（BZIP2）"),
    "format.xz": ("an archive (xz)", "压缩包（XZ）"),
    "format.zstandard": ("an archive (Zstandard)", "压缩包（Zstandard）"),
    "format.cabinet": ("an archive (cabinet)", "压缩包（CAB）"),
    "format.tar": ("an archive (tar)", "压缩包（TAR）"),
    "format.program": ("a program", "程序"),
    "format.postscript": ("a PostScript document", "PostScript 文档"),
    "format.caj": ("a CAJ document", "CAJ 文档"),
    "format.database": ("a database", "数据库"),
    "format.encrypted": ("a document that is protected by a password", "加了密码的文档"),
    "format.doc": (
        "a Word document in the format of 1997-2003 (.doc, .wps)",
        "1997—2003 格式的 Word 文档（DOC、WPS）",
    ),
    "format.ppt": ("a presentation in the format of 1997-2003 (.ppt)", "1997—2003 格式的演示文稿（PPT）"),
    "format.xls": ("a workbook in the format of 1997-2003 (.xls)", "1997—2003 格式的工作簿（XLS）"),
    "format.old_xls": ("a workbook in an old format (.xls)", "旧格式的工作簿（XLS）"),
    "format.msg": ("an e-mail (.msg)", "电子邮件（MSG）"),
    "format.ole": ("a legacy Office file (.doc, .xls, .wps)", "旧格式的 Office 文件（DOC、XLS、WPS）"),
    "format.word_xml": ("a Word document in one XML file", "单个 XML 文件形式的 Word 文档"),
    "format.mhtml": ("a web archive (MHTML)", "网页归档（MHTML）"),
    "format.mail": ("an e-mail", "电子邮件"),
    "format.ofd": ("an OFD document", "OFD 文档"),
    "format.xlsx": ("a workbook (XLSX)", "工作簿（XLSX）"),
    "format.pptx": ("a presentation (PPTX)", "演示文稿（PPTX）"),
    "format.vsdx": ("a drawing (VSDX)", "绘图（VSDX）"),
    "format.pages": ("a document of Pages", "Pages 文档"),
    "format.odt": ("an OpenDocument text (ODT)", "OpenDocument 文本（ODT）"),
    "format.opendocument": ("an OpenDocument file that is no text", "不是文本的 OpenDocument 文件"),
    "format.epub": ("an electronic book (EPUB)", "电子书（EPUB）"),
    "advice.as_docx": ("save it as DOCX or PDF", "请另存为 DOCX 或 PDF"),
    "advice.as_pdf": ("save it as PDF", "请另存为 PDF"),
    "advice.as_html": ("save the page as HTML", "请把网页另存为 HTML"),
    "advice.the_report": (
        "file the report itself, saved as DOCX or PDF",
        "请提供报告本身，另存为 DOCX 或 PDF",
    ),
    "advice.picture": (
        "have its text recognised first, or file the document that it shows",
        "请先识别其中的文字，或提供图片所示的文档",
    ),
    "advice.unpack": (
        "unpack it first and file its documents, or make a ZIP of them",
        "请先解压再提供其中的文档，或打成 ZIP",
    ),
    "advice.itself": ("file the report itself", "请提供报告本身"),
    "advice.without_password": ("save it without one", "请去掉密码后另存"),
    "advice.brought": (
        "file the report that it brings, as a document of its own",
        "请把其中所附的报告作为单独的文档提供",
    ),
    "refused.bytes": (
        "the file has {size:,} bytes, more than any report ({most:,}): file each report as a document of "
        "its own",
        "文件有 {size:,} 字节，超过任何报告（{most:,}）：请把每份报告分成单独的文档",
    ),
    "refused.no_file": (
        "this is no regular file: name the document itself",
        "这不是普通文件：请指明文档本身",
    ),
    "refused.path": (
        "the file cannot be opened ({error}): check the path",
        "文件无法打开（{error}）：请检查路径",
    ),
    # Why a document is refused that ended the process which read it.
    "ended.time": (
        "the file takes more than {seconds} seconds of a processor to read, as no report does: open it, and "
        "print or save it to a new file",
        "读取文件所用的处理器时间超过 {seconds} 秒，年度报告不会如此：请打开后重新打印或另存为新文件",
    ),
    "ended.memory": (
        "the file takes more memory to read than any report ({megabytes} MB): open it, and print or save it "
        "to a new file",
        "读取文件所用的内存（{megabytes} MB）超过任何年度报告：请打开后重新打印或另存为新文件",
    ),
    "ended.crash": (
        "the file trips the program that reads it, or takes more memory than any report: open it, and print "
        "or save it to a new file",
        "文件使读取它的程序出错，或所用内存超过任何年度报告：请打开后重新打印或另存为新文件",
    ),
    "ended.stall": (
        "the file could not be read, for the machine stood still or the process that read it was killed: run "
        "again",
        "文件未能读取，因为机器停滞，或读取它的进程被终止：请重新运行",
    ),
    "refused.zip_packed": (
        "the file is a DOCX (or other ZIP) file packed as no program packs them, in its part {part}: fetch "
        "it again, or open it in Word and save it again",
        "文件是以异常方式压缩的 DOCX（或其他 ZIP），见其中 {part}：请重新获取，或用 Word 打开后重新保存",
    ),
    # The page of a release.
    "release.title": (
        "Figures of annual reports on government information disclosure",
        "政府信息公开工作年度报告数据集",
    ),
    "release.version": ("version", "版本"),
    "release.codebook": ("codebook", "代码簿"),
    "release.all": ("all", "全部"),
    "release.unknown": ("unknown", "不详"),
    "release.report_year": ("report year", "报告年度"),
    "release.scope": ("the figures speak for", "统计口径"),
    "release.province": ("province", "省份"),
    "release.level": ("level", "层级"),
    "release.kind": ("kind of organ", "机关类型"),
    "release.figure": ("figure", "指标"),
    "release.sum": ("sum", "合计"),
    "release.from": ("from reports", "取自年报数"),
    "release.of": ("of reports", "年报总数"),
    "release.reports": ("reports", "年报数"),
    "release.figures": ("figures", "数值个数"),
    "release.why": ("reason", "原因"),
    "release.rule": ("rule", "规则"),
    "release.sure": (
        "Added up is what is sure: printed or corrected where every sum of its table holds, or implied by "
        "the sums. The next columns say from how many reports, of how many.",
        "只汇总可靠的数值：全表勾稽关系成立的所印数字、人工更正的数字和由勾稽关系推得的数字；其后两列为取自的年报数和年报总数。",
    ),
    "release.scopes": (
        "A report for a whole area holds the figures of its organs again: choose one scope before you "
        "add up.",
        "全地区的年报已含其各机关的数字：汇总前请先选定一种统计口径。",
    ),
    "release.by_year": ("By year", "按年度"),
    "release.by_province": ("By province", "按省份"),
    "release.by_kind": ("By kind of organ", "按机关类型"),
    "release.refusals": ("Reasons of refusal, ranked", "不予公开原因排序"),
    "release.breaks": ("Rules that reports break", "不成立的勾稽关系"),
    "release.coverage": ("Coverage", "覆盖情况"),
    "release.organs_missing": ("organs without a report", "缺少年报的机关"),
    "release.tables_validated": ("tables validated", "核对无误的表"),
    "release.tables_inconsistent": ("tables inconsistent", "数据矛盾的表"),
    "release.tables_incomplete": ("tables incomplete", "填写不全的表"),
    "release.tables_uncertain": ("tables uncertain", "读取存疑的表"),
    "release.tables_absent": ("tables absent", "缺失的表"),
    "release.table": ("All groups", "全部分组"),
    "release.download": ("Download what is chosen as CSV", "下载所选数据（CSV 格式）"),
    "release.changes": ("Changes since the release before", "与上一版本的差异"),
    "release.none": ("Nothing changed.", "没有差异。"),
    "release.first": ("There is no release before to compare with.", "没有可比较的上一版本。"),
}
