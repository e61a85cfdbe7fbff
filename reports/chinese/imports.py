"""What an import from a CRM system says in English, with its Chinese; found as in ``rooms``."""

from __future__ import annotations

__all__ = ["MESSAGES", "SENTENCES"]

SENTENCES: dict[str, str] = {}

MESSAGES: dict[str, str] = {
    "closings start on {first}, later than {start} from which the last quarter is counted: the target is "
    "too low": "导出数据中的结束日期从 {first} 开始，晚于上一季度的起算日 {start}：季度目标偏低",
    "leads and closings a week are counted over {days} days alone, from {first}": "每周线索数和结束数只按 {first} 起的 {days} 天统计",
    "no closing before {first} is in the export, though {n} deals were engaged before: they count from the "
    "age they had on that day": "导出数据中没有 {first} 之前结束的商机，而此前已立项的有 {n} 个：这些商机从该日的已历天数起计",
    "column {column} seems to be in {unit}: `amount_unit: {n}` in the mapping takes its amounts so": "列 {column} 的单位似乎是{unit}：在字段映射中设 `amount_unit: {n}` 即按此换算",
    "nothing was engaged or closed in the {days} days before the date": "截止日前 {days} 天内没有立项或结束的商机",
    "closings per week ask for more than {hours} hours of a rep: a closing is taken to last {less} h instead "
    "of {usual} h": "按每周结束数，销售每周需超过 {hours} 小时：每次成交工时由 {usual} 小时改按 {less} 小时计",
    "the accounts of open deals are left out, as the mapping says: customer tiers say nothing of them": "按字段映射的设定，不采用跟进中商机的客户：客户分级对其不起作用",
    "{n} of {all} open deals have no account and count as tier C": "{all} 个跟进中商机中有 {n} 个没有客户，按 C 类计",
    "all {n} closed deals have an account: it seems to be entered by the closing, so in an export drawn after "
    "the date having one may give an open deal's outcome away; `open_deal_accounts: ignore` in the mapping "
    "leaves the accounts of open deals out": "{n} 个已结束商机全部有客户：客户似乎在结束时才录入，因此若导出晚于截止日，是否有客户会泄露跟进中商机"
    "的结果；在字段映射中设 `open_deal_accounts: ignore` 即不采用跟进中商机的客户",
    "{n} of {all} open deals are older than any that was ever closed ({days} days): they count as dead and "
    "take no hours": "{all} 个跟进中商机中有 {n} 个的已历天数超过以往任何已结束商机（{days} 天）：按已失效计，不占工时",
    "{name} left before the date and is in the plan with {n} open deals worth {worth}: give these and the "
    "accounts to somebody else, and set the hours to 0": "{name} 在截止日前已离职，计划中仍有其 {n} 个跟进中商机，金额 {worth}：请将商机和客户转给他人，并把其"
    "工时设为 0",
    "the target {target} is the last quarter's {won} ({n} deals, {start} to {end}) × {growth}": "季度目标 {target} = 上一季度 {won}（{n} 单，{start} 至 {end}）× {growth}",
    "{kind} {written} was taken for {name} ({n} deals)": "{kind} {written} 视同 {name}（{n} 个商机）",
    "the quarter starts on Monday {start}, {gap} day after the date": "季度从周一 {start} 开始，比截止日晚 {gap} 天",
    "the quarter starts on Monday {start}, {gap} days after the date": "季度从周一 {start} 开始，比截止日晚 {gap} 天",
    "the target is one of a quarter, the plan runs {weeks} weeks: give --target": "目标为一个季度的目标，而计划为期 {weeks} 周：请给出 --target",
    "no invoice was paid before {date}, so when customers pay stays assumed": "{date} 之前没有已收款的发票，客户付款时间仍按假设取值",
    "{n} invoices fell due before the date, too few to say how many are paid late": "截止日前到期的发票只有 {n} 张，不足以判断逾期付款的比例",
    "too few invoices were paid late to say by how many days": "逾期付款的发票太少，无法判断逾期天数",
    "days late are no lognormal ({distance} off, in shares): the plan has its median and its spread, and "
    "not its shape": "逾期天数不服从对数正态分布（最大偏差 {distance}）：计划只采用其中位数和离散程度，不含分布形状",
    "too few invoices fell due long enough ago to say how many are never paid: bad debt stays assumed": "到期足够久的发票太少，无法判断坏账：坏账率仍按假设取值",
    "nobody left before {date} in the file of staff, which a list of those who are still there would say "
    "too: how many leave stays assumed": "员工文件中没有人在 {date} 之前离职，只列在职人员的名单也会如此：离职率仍按假设取值",
    "the file of staff covers {years} years of reps' work, and {least} are wanted: how many leave stays assumed": "员工文件合计只有 {years} 人年，至少需要 {least} 人年：离职率仍按假设取值",
    "reps with deals who are not in the file of staff ({n}): {names}": "有商机但不在员工文件中的销售（{n} 人）：{names}",
    "{kind} of the plan that the export has no current deal of, kept as they are ({n}): {names}": "计划中有、导出数据中没有当前商机的{kind}，保持不变（{n}）：{names}",
    "accounts with another rep, the plan's is kept ({n}): {names}": "负责销售不同的客户，保留计划中的（{n}）：{names}",
    "accounts of another tier, the plan's is kept ({n}): {names}": "客户分级不同的客户，保留计划中的（{n}）：{names}",
    "accounts given to the rep that the export has now ({n}): {names}": "改由导出数据中现任销售负责的客户（{n}）：{names}",
    "accounts put into the tier that the export has now ({n}): {names}": "改为导出数据中现有分级的客户（{n}）：{names}",
    "new accounts left out, as the plan has not their rep or region ({n}): {names}": "新客户的销售或区域不在计划中，未采用（{n}）：{names}",
    "accounts added ({n}): {names}": "新增客户（{n}）：{names}",
    "open invoices whose amount changes by more than a tenth, the export's is taken ({n}): {names}": "金额变动超过一成的未收发票，采用导出数据的金额（{n}）：{names}",
    "open invoices added ({n}): {names}": "新增未收发票（{n}）：{names}",
    "invoices taken out, as they are paid in the export or overdue for too long ({n}): {names}": "已收款或逾期过久、从计划中移出的发票（{n}）：{names}",
    "invoices that the export does not know, kept ({n}): {names}": "导出数据中没有、予以保留的发票（{n}）：{names}",
    "open deals whose value changes by more than a tenth, the export's is taken ({n}): {names}": "金额变动超过一成的跟进中商机，采用导出数据的金额（{n}）：{names}",
    "open deals put into the region that the plan gives their rep ({n}): {names}": "按计划中销售所属区域归入的跟进中商机（{n}）：{names}",
    "open deals added ({n}): {names}": "新增跟进中商机（{n}）：{names}",
    "deals taken out, as they are closed in the export ({n}): {names}": "在导出数据中已结束、从计划中移出的商机（{n}）：{names}",
    "deals that the export does not know, kept ({n}): {names}": "导出数据中没有、予以保留的商机（{n}）：{names}",
    "{names} and {n} more": "{names} 等另外 {n} 个",
    "{kind} {name} is in the export and not in the plan: {n} open deals worth {worth} are left out. Add it "
    "to {table} and refresh again.": "{kind} {name} 在导出数据中，不在计划中：未采用其 {n} 个跟进中商机，金额 {worth}。请加入 {table} 后重"
    "新刷新。",
    "rules, locks, risks, targets, reps, products and every figure of plan.yaml are kept as they were; what "
    "the export says of win rates, cycles, hours and leads now is in none of them: import it anew to see "
    "it": "规则、锁定、风险、目标、销售、产品以及 plan.yaml 的所有数值保持不变；导出数据中最新的赢单率、成交周期"
    "、工时和线索均未写入：如需查看请重新导入",
    "no date of engagement, so neither pipeline nor history": "没有立项日期，既不能计入商机储备，也不能计入历史",
    "engaged on {date} or later": "立项于 {date} 或之后",
    "hired on {date} or later": "入职于 {date} 或之后",
    "dated on {date} or later": "日期为 {date} 或之后",
    "of deals that are not used": "所属商机未采用",
    "after the deal was closed": "日期在商机结束之后",
    "written on {date} or later": "开票于 {date} 或之后",
    "closed before they were engaged": "结束日期早于立项日期",
    "won without a value": "赢单但没有金额",
    "no deal engaged before the date": "截止日前没有立项的商机",
    "no deal engaged before {date}": "{date} 之前没有立项的商机",
    "only deals of reps who are left out": "只有未采用的销售的商机",
    "no deal won in the last quarter and none open: no quota": "上一季度没有赢单且没有跟进中商机：不下达指标",
    "{what} not in {file}": "{what}不在 {file} 中",
    "rep without a region in {file}": "销售在 {file} 中没有区域",
    "no due day": "没有到期日",
    "nothing owed: no amount, zero or a credit note": "无应收：没有金额、金额为零或红字发票",
    "open, and overdue by more than {days} days, after which hardly one is paid": "未收款且逾期超过 {days} 天，此后几乎不再付款",
    "deals in stage {stage}": "处于阶段 {stage} 的商机",
    "invoices worth {sum}": "金额 {sum} 的发票",
    "accounts of deals": "商机的客户",
    "deals": "商机",
    "accounts": "客户",
    "products": "产品",
    "reps": "销售",
    "invoices": "发票",
    "staff": "员工",
    "entries of stages": "阶段进入记录",
    "stage history": "阶段历史",
    "contracts": "合同",
    "renewals": "续约合同",
    "product": "产品",
    "rep": "销售",
    "account": "客户",
    "region": "区域",
    "{won} won of {n} deals closed before {date}": "{date} 之前结束的 {n} 个商机中赢单 {won} 个",
    "{won} won of {n} deals closed before {date}, each month of the quarter weighing as in a whole one": "{date} 之前结束的 {n} 个商机中赢单 {won} 个，季度内各月按完整季度的比重计",
    "share that passes every stage; {won} won of {n} deals closed before {date}": "通过全部阶段的比例；{date} 之前结束的 {n} 个商机中赢单 {won} 个",
    "share that passes every stage; {won} won of {n} deals closed before {date}, each month of the quarter weighing as in a whole one": "通过全部阶段的比例；{date} 之前结束的 {n} 个商机中赢单 {won} 个，季度内各月按完整季度的比重计",
    "{won} won of {n} deals of {tier} accounts closed before {date}, leaning on the rate of all": "{date} 之前结束的 {tier} 类客户商机 {n} 个，赢单 {won} 个，向总体水平收缩",
    "{won} won of {n} deals of {tier} accounts closed before {date}, leaning on the rate of all, which is that of passing every stage": "{date} 之前结束的 {tier} 类客户商机 {n} 个，赢单 {won} 个，向总体水平收缩；总体水平即通过全部阶段的比例",
    "rate of all deals, as {won} won of {n} deals of {tier} accounts closed before {date}": "取全部商机的水平：{date} 之前结束的 {tier} 类客户商机 {n} 个，赢单 {won} 个",
    "rate of all deals: the accounts of open deals are not known, so tiers say nothing; {deals}": "取全部商机的水平：跟进中商机的客户未知，分级不起作用；{deals}",
    "share of {n} deals engaged from {start} to {end}, no account counts as C": "{start} 至 {end} 立项的 {n} 个商机的占比，没有客户的按 C 类计",
    "list price × {ratio}, {n} deals won before {date}, few leaning on all products": "标价 × {ratio}，{date} 之前赢单 {n} 个，样本少的向全部产品收缩",
    "mean of {n} deals won before {date}": "{date} 之前赢单的 {n} 个商机的均值",
    "median, {n} deals ended and {open} still open on {date}": "中位数：截至 {date}，结束 {n} 个，跟进中 {open} 个",
    "{kind}, of all products: {n} deals ended and {open} still open on {date}": "全部产品的{kind}：截至 {date}，结束 {n} 个，跟进中 {open} 个",
    "median": "中位数",
    "{basis}, few leaning on the usual {spread}": "{basis}，样本少的向通常的 {spread} 收缩",
    "only {n} deals were closed before {date}: the win rate may be anything from {low} to {high}, and all else is as "
    "unsure": "{date} 之前只有 {n} 个商机结束：赢单率可能在 {low} 至 {high} 之间，其余数值同样没有把握",
    "spread of the log of days around the product's median, {n} deals closed before {date}": "天数对数围绕产品中位数的离散程度，{date} 之前结束的 {n} 个商机",
    "standard deviation of the log of value ÷ the product's mean, {n} deals won before {date}": "金额 ÷ 产品均值的对数标准差，{date} 之前赢单的 {n} 个商机",
    "{rate} closings a week ({basis}) × {hours} h": "每周结束 {rate} 个（{basis}）× {hours} 小时",
    "× {hours} h ÷ {used}, the part of the hours in use": "× {hours} 小时 ÷ 工时利用率 {used}",
    "{rate} closings a week ({basis}) × {hours} h ÷ {used}, the part of the hours in use": "每周结束 {rate} 个（{basis}）× {hours} 小时 ÷ 工时利用率 {used}",
    "{rate} closings a week ({basis}), {more} possible as not enough came due {rest}": "每周结束 {rate} 个（{basis}），到期商机不足、可达 {more} 个 {rest}",
    "{n} deals closed since {date}, few leaning on the team": "{date} 以来结束 {n} 个，样本少的向团队收缩",
    "of {n} invoices due before {date}, {late} were not paid on the day": "{date} 之前到期的 {n} 张发票中，{late} 张未按期付款",
    "of {n} invoices due before {date}, {late} were not paid on the day, {paid} of them later": "{date} 之前到期的 {n} 张发票中，{late} 张未按期付款，其中 {paid} 张其后付清",
    "{n} of {all} invoices due {days} days before or earlier are open still": "到期已满 {days} 天的 {all} 张发票中，{n} 张仍未收款",
    "{n} left in {years} years of {reps} reps' work since {date}": "{date} 以来 {reps} 名销售合计 {years} 人年，离职 {n} 人",
    "alarms so that losses are as in own deals: {basis}": "预警率使流失与自己的商机一致：{basis}",
    "silences longer than their own rhythm makes by chance, of {n} customers with {bought} purchases after the "
    "first": "{n} 个复购客户（首次之后共购买 {bought} 次）中超出自身购买节奏的静默",
    "{source}; own deals do not tell it: {reason}": "{source}；自己的商机无法说明：{reason}",
    "{n} customers bought again, and {least} are wanted": "有复购的客户只有 {n} 个，至少需要 {least} 个",
    "customers buy in bursts, so that a silence says little": "客户集中成批购买，静默说明不了什么",
    "from {low} to {high} lost a quarter would make such silences": "每季度流失 {low} 至 {high} 都可能造成这样的静默",
    "{k} renewed of {n} contracts of {tier} accounts decided before {date}, few leaning on all": "{date} 之前已定的 {tier} 类客户合同 {n} 份，续约 {k} 份，样本少的向总体收缩",
    "{n} contracts were decided before {date}, and {least} are wanted: how many renew cannot be told, and no "
    "renewal is in the plan": "{date} 之前已定的合同只有 {n} 份，至少需要 {least} 份：无法判断续约率，计划中不含续约",
    "{n} of {all} renewed contracts are among the deals won, by account, amount and day: they come with the "
    "deals, and are not simulated a second time": "{all} 份已续约合同中有 {n} 份按客户、金额和日期看就是赢单商机：续约已随商机计入，不再重复模拟",
    "contracts of products that no deal has count as what their account bought most: {names}": "合同的产品在商机中没有，按该客户购买最多的产品计：{names}",
    "accounts that get the contract that the export has now ({n}): {names}": "改为导出数据中现有续约合同的客户（{n}）：{names}",
    "accounts whose contract differs, the plan's is kept ({n}): {names}": "续约合同不同的客户，保留计划中的（{n}）：{names}",
    "of accounts without a deal in use, so without a rep": "所属客户没有采用的商机，因此没有负责的销售",
    "due before the date and not decided": "截止日前到期但未定",
    "the target {target} is the last quarter's {won} ({n} deals and {more} renewed contracts, {start} to {end}) × {growth}": "季度目标 {target} = 上一季度 {won}（{n} 单和 {more} 份续约合同，{start} 至 {end}）× {growth}",
    "{passed} of {n} deals that left the stage before {date} passed it": "{date} 之前离开该阶段的 {n} 个商机中，{passed} 个进入后续阶段或赢单",
    "part of the days of {n} deals won that passed in the stage": "{n} 个赢单商机的总天数中处于该阶段的比例",
    "no deal came to any stage before {date} in the stage history: deals count by their age": "阶段历史中没有 {date} 之前进入任何阶段的商机：商机只按已历天数计",
    "the stage history tells too little: two stages that {left} deals have left, and {won} deals won, are "
    "wanted before {date}: deals count by their age": "阶段历史样本太少：{date} 之前至少要有两个阶段各有 {left} 个商机离开，且赢单 {won} 个：商机只按已历天数计",
    "too few deals came to these stages or left them, each counts as part of the one before: {names}": "进入或离开以下阶段的商机太少，各并入前一阶段：{names}",
    "{n} deals went from stage {first} to {then} and {other} the other way: list the open stages in the "
    "mapping in the order in which deals pass them": "{n} 个商机从阶段 {first} 进入 {then}，反向的有 {other} 个：请在字段映射中按商机经过的次序列出进行中的阶段",
    "open deals in another stage, the plan's is kept ({n}): {names}": "阶段不同的跟进中商机，保留计划中的（{n}）：{names}",
    "the work on a deal spread evenly over the stages it comes to; not in a CRM export; rep hours are set to "
    "match it, so that only the two together count": "商机工作量平均分摊到所经过的各阶段；CRM 导出数据中没有；销售工时与之匹配，只有两者合起来才有意义",
    "not in a CRM export; the same for all products, so it does not steer the allocation": "CRM 导出数据中没有；各产品相同，因此不影响目标分解",
    "the work on a deal counted as one block when it closes; not in a CRM export; rep hours are set to match "
    "it, so that only the two together count": "商机工作量按结束时一次计；CRM 导出数据中没有；销售工时与之匹配，只有两者合起来才有意义",
    "the work on a deal is spread as an exponential, so that closings a week vary as in a Poisson process": "商机工作量服从指数分布，使每周结束数像泊松过程一样波动",
    "the same for all: a CRM export does not show who is served first": "一律相同：CRM 导出数据不显示优先服务谁",
    "a colleague takes over after four weeks; a week where rule K5 is kept, a vacancy lasts 60–90 days (C, SBI)": "四周后由同事接手；按规则 K5 为一周，岗位空缺持续 60–90 天（C，SBI）",
    "60% of full skill on the first day is assumed": "假设首日达到完全水平的 60%",
    "5 months from joining to full skill, Bridge Group 2024": "入职到完全上手 5 个月，Bridge Group 2024",
    "DSO 60 days, Allianz Trade 2024": "应收账款周转天数 60 天，Allianz Trade 2024",
    "46% of invoices paid late, Atradius": "46% 的发票逾期付款，Atradius",
    "if late, days late p50/p90 8/20, public receivables set of 2,466 invoices": "逾期天数中位数 8 天、P90 20 天，公开应收账款数据集，2,466 张发票",
    "no source found: look at the break-even chance first": "未找到来源：请先看盈亏平衡概率",
    "turnover 25% a year (15–36), Ebsta, HBR, Journal of Marketing press (B−)": "年人员流动率 25%（15–36），Ebsta、HBR、Journal of Marketing（B−）",
    "alarms at twice the churn of 5 / 10 / 20% a year of A / B / C customers, vendor bands": "预警为 A / B / C 类客户年流失率 5 / 10 / 20% 的两倍，厂商区间",
    "half of the alarms end in a loss, so that losses follow the vendor bands; a fifth would be the 1.4% lost in 12 weeks of Online Retail II": "预警有一半以流失告终，使流失率与厂商区间一致；若为五分之一，则相当于 Online Retail II 的 12 周流失 1.4%",
    "half of the alarms end in a loss; how many alarms there are is set by it, so that losses are as in own deals": "预警有一半以流失告终；预警次数按此设定，使流失率与自有商机一致",
    "makes up for half of the loss; no source found": "弥补损失的一半；未找到来源",
    "no source found": "未找到来源",
    "−15% of a departed rep's annual sales (13.2–17.6), Shi, Sridhar, Grewal, Lilien, J. Marketing 81(2) "
    "2017": "离职者年销售额的 −15%（13.2–17.6），Shi、Sridhar、Grewal、Lilien，J. Marketing 81(2) 2017",
    "a similar existing rep recovers 40% of the loss, Shi, Sridhar, Grewal, Lilien, J. Marketing 81(2) 2017; "
    "the time is rule K5": "由相似的现有销售接手可挽回损失的 40%，Shi、Sridhar、Grewal、Lilien，J. Marketing 81(2) 2017；时间为规"
    "则 K5",
    "3% (1.3–5), Allianz Trade 2024, Atradius": "坏账 3%（1.3–5），Allianz Trade 2024、Atradius",
    "costs are shares of the target; put in your own": "费用为目标的一定比例；请填入自己的数值",
}
